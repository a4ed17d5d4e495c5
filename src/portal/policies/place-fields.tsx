import { useQuery } from '@tanstack/react-query'
import { ChoiceField } from '../parts/fields.tsx'
import { MultiChoice } from '../parts/multi-choice.tsx'
import { Section } from '../parts/section.tsx'
import { PartProblem } from './part-problem.tsx'
import { locationList } from './policies.ts'
import type { PolicyPartProps } from './policy-part.ts'

/** From where, on what, and with what kind of program. */
export function PlaceFields(props: PolicyPartProps) {
  return (
    <Section title="Under which conditions" lead="All of them must be met.">
      <Places {...props} />
      <Systems {...props} />
      <Clients {...props} />
    </Section>
  )
}

const trusted = ['AllTrusted', 'All trusted locations'] as const

function Places({ form, set, problem }: PolicyPartProps) {
  const { data: locations = [] } = useQuery(locationList())
  const options = [trusted, ...locations.map(({ id, displayName }) => [id, displayName] as const)]
  return (
    <>
      <ChoiceField
        label="Places"
        value={form.places}
        choices={[
          ['any', 'Do not matter'],
          ['all', 'Everywhere, but for some'],
          ['some', 'Places of your choice'],
        ]}
        onChange={(places) => set({ places })}
      />
      <PartProblem problem={problem('conditions/locations')} />
      {form.places !== 'any' && (
        <div className="field-pair">
          {form.places === 'some' && (
            <MultiChoice
              label="Include places"
              options={options}
              chosen={form.includeLocations}
              onChange={(includeLocations) => set({ includeLocations })}
            />
          )}
          <MultiChoice
            label="Leave out places"
            options={options}
            chosen={form.excludeLocations}
            onChange={(excludeLocations) => set({ excludeLocations })}
          />
        </div>
      )}
    </>
  )
}

const platforms = [
  ['windows', 'Windows'],
  ['macOS', 'macOS'],
  ['linux', 'Linux'],
  ['iOS', 'iOS'],
  ['android', 'Android'],
  ['windowsPhone', 'Windows Phone'],
] as const

function Systems({ form, set, problem }: PolicyPartProps) {
  return (
    <>
      <ChoiceField
        label="Operating systems"
        hint="What the browser says; anybody can say anything. It keeps people from mistakes, and stops nobody."
        value={form.systems}
        choices={[
          ['any', 'Do not matter'],
          ['all', 'All, but for some'],
          ['some', 'Systems of your choice'],
        ]}
        onChange={(systems) => set({ systems })}
      />
      <PartProblem problem={problem('conditions/platforms')} />
      {form.systems !== 'any' && (
        <div className="field-pair">
          {form.systems === 'some' && (
            <MultiChoice
              label="Include systems"
              options={platforms}
              chosen={form.includePlatforms}
              onChange={(includePlatforms) => set({ includePlatforms })}
            />
          )}
          <MultiChoice
            label="Leave out systems"
            options={platforms}
            chosen={form.excludePlatforms}
            onChange={(excludePlatforms) => set({ excludePlatforms })}
          />
        </div>
      )}
    </>
  )
}

const clients = [
  ['browser', 'Browsers'],
  ['mobileAppsAndDesktopClients', 'Programs with an access token'],
  ['exchangeActiveSync', 'Exchange ActiveSync (never met here)'],
  ['other', 'Other (never met here)'],
] as const

function Clients({ form, set, problem }: PolicyPartProps) {
  return (
    <>
      <ChoiceField
        label="Clients"
        value={form.clients}
        choices={[
          ['all', 'All'],
          ['some', 'Clients of your choice'],
        ]}
        onChange={(extent) => set({ clients: extent })}
      />
      <PartProblem problem={problem('conditions/clientAppTypes')} />
      {form.clients === 'some' && (
        <MultiChoice
          label="Include clients"
          options={clients}
          chosen={form.clientAppTypes}
          onChange={(clientAppTypes) => set({ clientAppTypes })}
        />
      )}
    </>
  )
}
