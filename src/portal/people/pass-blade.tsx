import { useState } from 'react'
import type { Person } from '../api/types.ts'
import { ChoiceField, SwitchField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { passChange } from './people.ts'

const lifetimes = [
  ['60', '1 hour'],
  ['480', '8 hours'],
  ['1440', '1 day'],
  ['4320', '3 days'],
  ['10080', '1 week'],
] as const
type Minutes = (typeof lifetimes)[number][0]

interface PassBladeProps {
  readonly person: Person
  readonly onClose: () => void
  readonly onMade: (made: { kind: 'pass'; secret: string; hours: number }) => void
}

/** A pass for somebody who has nothing to sign in with yet, or nothing any more. */
export function PassBlade({ person, onClose, onMade }: PassBladeProps) {
  const [minutes, setMinutes] = useState<Minutes>('480')
  const [once, setOnce] = useState(true)
  return (
    <FormBlade
      title="A pass"
      action="Make it"
      changes={[passChange(person, Number(minutes), once)]}
      onClose={onClose}
      onDone={({ value }) => {
        const { temporaryAccessPass } = value as { temporaryAccessPass: string }
        onMade({ kind: 'pass', secret: temporaryAccessPass, hours: Number(minutes) / 60 })
      }}
    >
      {(problem) => (
        <>
          <p>
            It is typed where the password goes and stands for both factors: whoever makes one
            vouches for {person.displayName}. It takes the place of the last one.
          </p>
          <ChoiceField
            label="Good for"
            value={minutes}
            choices={lifetimes}
            onChange={setMinutes}
            problem={problem('lifetimeInMinutes')}
          />
          <SwitchField label="For one sign-in only" checked={once} onChange={setOnce} />
        </>
      )}
    </FormBlade>
  )
}
