import { useQuery } from '@tanstack/react-query'
import { collection } from '../api/queries.ts'
import type { Application } from '../api/types.ts'
import { ChoiceField } from '../parts/fields.tsx'
import { MultiChoice } from '../parts/multi-choice.tsx'
import { type Principal, PrincipalPicker } from '../parts/principal-picker.tsx'
import { Section } from '../parts/section.tsx'
import { PartProblem } from './part-problem.tsx'
import type { PolicyPartProps } from './policy-part.ts'
import { usePrincipalNames } from './principal-names.ts'

/** Whom the policy means, and at which applications. */
export function ReachFields(props: PolicyPartProps) {
  return (
    <>
      <People {...props} />
      <Applications {...props} />
    </>
  )
}

interface Role {
  readonly id: string
  readonly displayName: string
}

function People({ form, set, problem }: PolicyPartProps) {
  const nameOf = usePrincipalNames()
  const { data: roles = [] } = useQuery(collection<Role>('/directoryRoles'))
  const roleOptions = roles.map(({ id, displayName }) => [id, displayName] as const)
  const idsOf = (chosen: readonly Principal[], type: Principal['type']) =>
    chosen.filter((each) => each.type === type).map(({ id }) => id)
  return (
    <Section title="Who" lead="Groups count with the groups inside them.">
      <ChoiceField
        label="People"
        value={form.people}
        choices={[
          ['all', 'Everybody'],
          ['some', 'People, groups and roles of your choice'],
          ['none', 'Nobody'],
        ]}
        onChange={(people) => set({ people })}
      />
      <PartProblem problem={problem('conditions/users')} />
      {form.people === 'some' && (
        <div className="field-pair">
          <PrincipalPicker
            label="Include people and groups"
            chosen={[...form.includeUsers, ...form.includeGroups].map(nameOf)}
            onChange={(chosen) =>
              set({ includeUsers: idsOf(chosen, 'User'), includeGroups: idsOf(chosen, 'Group') })
            }
          />
          <MultiChoice
            label="Include roles"
            options={roleOptions}
            chosen={form.includeRoles}
            onChange={(includeRoles) => set({ includeRoles })}
          />
        </div>
      )}
      {form.people !== 'none' && (
        <div className="field-pair">
          <PrincipalPicker
            label="Leave out people and groups"
            chosen={[...form.excludeUsers, ...form.excludeGroups].map(nameOf)}
            onChange={(chosen) =>
              set({ excludeUsers: idsOf(chosen, 'User'), excludeGroups: idsOf(chosen, 'Group') })
            }
          />
          <MultiChoice
            label="Leave out roles"
            options={roleOptions}
            chosen={form.excludeRoles}
            onChange={(excludeRoles) => set({ excludeRoles })}
          />
        </div>
      )}
    </Section>
  )
}

// The original's word, beside app ids.
const administration = [
  'MicrosoftAdminPortals',
  'Administration: this portal, and the API in people’s names',
] as const

function Applications({ form, set, problem }: PolicyPartProps) {
  const { data: applications = [] } = useQuery(
    collection<Application>('/applications?$select=id,displayName,appId'),
  )
  const options = [
    administration,
    ...applications.map(({ appId, displayName }) => [appId, displayName] as const),
  ]
  return (
    <Section title="Where to" lead="A policy holds for every host and segment of an application.">
      <ChoiceField
        label="Applications"
        value={form.applications}
        choices={[
          ['all', 'All applications'],
          ['some', 'Applications of your choice'],
          ['none', 'None'],
        ]}
        onChange={(extent) => set({ applications: extent })}
      />
      <PartProblem problem={problem('conditions/applications')} />
      <div className="field-pair">
        {form.applications === 'some' && (
          <MultiChoice
            label="Include applications"
            options={options}
            chosen={form.includeApplications}
            onChange={(includeApplications) => set({ includeApplications })}
          />
        )}
        {form.applications !== 'none' && (
          <MultiChoice
            label="Leave out applications"
            options={options}
            chosen={form.excludeApplications}
            onChange={(excludeApplications) => set({ excludeApplications })}
          />
        )}
      </div>
    </Section>
  )
}
