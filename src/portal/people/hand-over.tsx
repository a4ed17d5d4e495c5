import type { Person } from '../api/types.ts'
import { siblingHost } from '../parts/addresses.ts'
import { Copyable } from '../parts/copyable.tsx'

interface HandOverProps {
  readonly person: Pick<Person, 'displayName' | 'userPrincipalName'>
  readonly pass: string
  readonly hours: number
}

/** What somebody with a pass needs to know, to be sent on a way that only they read. */
export function HandOver({ person, pass, hours }: HandOverProps) {
  const text = [
    `Sign in at ${siblingHost('login', '/account')}`,
    `User name: ${person.userPrincipalName}`,
    `Pass, in place of the password: ${pass}`,
    `It works once, within ${hours} hours. Set up a passkey or a password there.`,
  ].join('\n')
  return (
    <>
      <Copyable text={text} label="Invitation" />
      <p className="soft">
        Whoever has it is {person.displayName}: send it on a way that nobody else reads.
      </p>
    </>
  )
}
