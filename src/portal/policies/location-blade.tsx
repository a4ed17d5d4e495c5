import { Button } from '@fluentui/react-components'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import { ConfirmByName } from '../parts/confirm-by-name.tsx'
import { LinesField, SwitchField, TextField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { type LocationForm, locationBody, locationFormOf } from './location-form.ts'
import { locationsPath, type NamedLocation } from './policies.ts'

interface LocationBladeProps {
  /** One that is there, or the kind of a new one. */
  readonly opened: NamedLocation | 'addresses' | 'countries'
  readonly onClose: () => void
}

/** One named location: addresses or countries. */
export function LocationBlade({ opened, onClose }: LocationBladeProps) {
  const location = typeof opened === 'string' ? undefined : opened
  const [form, setForm] = useState(() => locationFormOf(opened))
  const [isDeleting, setDeleting] = useState(false)
  const set = (part: Partial<LocationForm>): void => setForm({ ...form, ...part })
  const body = locationBody(form)
  const change: Change = location
    ? { method: 'PATCH', path: `${locationsPath}/${location.id}`, body, summary: summaryOf(form) }
    : { method: 'POST', path: locationsPath, body, summary: summaryOf(form) }
  return (
    <>
      <FormBlade
        title={location ? 'Named location' : 'New named location'}
        changes={[change]}
        shown={['displayName', 'ipRanges', 'countriesAndRegions']}
        onClose={onClose}
      >
        {(problem) => (
          <>
            <TextField
              label="Name"
              required
              value={form.displayName}
              onChange={(displayName) => set({ displayName })}
              problem={problem('displayName')}
            />
            <Place form={form} set={set} problem={problem} />
            {location && (
              <div>
                <Button onClick={() => setDeleting(true)}>Delete the location …</Button>
              </div>
            )}
          </>
        )}
      </FormBlade>
      {location && isDeleting && (
        <ConfirmByName
          title={`Delete ${location.displayName}?`}
          name={location.displayName}
          change={{
            method: 'DELETE',
            path: `${locationsPath}/${location.id}`,
            summary: `Deleted ${location.displayName}`,
          }}
          onClose={() => setDeleting(false)}
          onDone={onClose}
        >
          One that a policy names, or that is trusted, does not go.
        </ConfirmByName>
      )}
    </>
  )
}

function summaryOf({ displayName }: LocationForm): string {
  return `Saved ${displayName}`
}

interface PlaceProps {
  readonly form: LocationForm
  readonly set: (part: Partial<LocationForm>) => void
  readonly problem: (path: string) => string | undefined
}

function Place({ form, set, problem }: PlaceProps) {
  if (form.kind === 'addresses') {
    return (
      <>
        <LinesField
          label="Addresses"
          hint="One range on each line, such as 203.0.113.0/24 or 2001:db8::/32."
          placeholder="203.0.113.0/24"
          value={form.ranges}
          onChange={(ranges) => set({ ranges })}
          problem={problem('ipRanges')}
        />
        <SwitchField
          label="Trusted"
          hint="It is one of “All trusted locations”."
          checked={form.isTrusted}
          onChange={(isTrusted) => set({ isTrusted })}
        />
      </>
    )
  }
  return (
    <>
      <LinesField
        label="Countries"
        hint="One code of two letters on each line, such as DE. They need a country database: sallyport edge --countries."
        placeholder="DE"
        value={form.countries}
        onChange={(countries) => set({ countries })}
        problem={problem('countriesAndRegions')}
      />
      <SwitchField
        label="Addresses of no known country, too"
        checked={form.includeUnknown}
        onChange={(includeUnknown) => set({ includeUnknown })}
      />
    </>
  )
}
