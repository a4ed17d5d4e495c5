import { useState } from 'react'
import type { Person } from '../api/types.ts'
import { SwitchField, TextField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { personPath } from './people.ts'

/** The id that every password has, here as in the original. */
const passwordMethod = '28c10230-6103-485e-b985-444c60001490'

interface PasswordBladeProps {
  readonly person: Person
  readonly onClose: () => void
  /** Undefined where the administrator typed it. */
  readonly onMade: (made: { kind: 'password'; secret: string; hours: number } | undefined) => void
}

/** Another password, made here or typed. */
export function PasswordBlade({ person, onClose, onMade }: PasswordBladeProps) {
  const [typed, setTyped] = useState('')
  const [mustChange, setMustChange] = useState(true)
  const change = {
    method: 'POST' as const,
    path: `${personPath(person.id)}/authentication/passwordMethods/${passwordMethod}/resetPassword`,
    body: { ...(typed !== '' && { newPassword: typed }), requireChangeOnNextSignIn: mustChange },
    summary: `Reset the password of ${person.displayName}`,
    isFinal: true as const,
  }
  return (
    <FormBlade
      title="Reset the password"
      action="Reset it"
      changes={[change]}
      shown={['newPassword']}
      onClose={onClose}
      onDone={({ value }) => {
        const { newPassword } = (value ?? {}) as { newPassword?: string }
        onMade(
          newPassword === undefined
            ? undefined
            : { kind: 'password', secret: newPassword, hours: 0 },
        )
      }}
    >
      {(problem) => (
        <>
          <p>{person.displayName} is signed out everywhere.</p>
          <TextField
            label="New password"
            hint="Empty: one is made and shown once."
            value={typed}
            onChange={setTyped}
            problem={problem('newPassword')}
          />
          <SwitchField
            label="They have to choose another one at the next sign-in"
            checked={mustChange}
            onChange={setMustChange}
          />
        </>
      )}
    </FormBlade>
  )
}
