import type { Change } from '../api/client.ts'

/** What the form for somebody new has. */
export interface NewPerson {
  readonly displayName: string
  readonly userPrincipalName: string
  readonly mail: string
  /** How they come in the first time. */
  readonly way: 'invitation' | 'password'
  readonly password: string
}

/** The call that makes the person. An invitation gives them a password that nobody knows. */
export function personCreation(form: NewPerson, secret: () => string): Change {
  const { displayName, userPrincipalName, mail, way, password } = form
  return {
    method: 'POST',
    path: '/users',
    body: {
      accountEnabled: true,
      displayName,
      userPrincipalName,
      ...(mail !== '' && { mail }),
      passwordProfile: {
        password: way === 'password' ? password : secret(),
        forceChangePasswordNextSignIn: true,
      },
    },
    summary: `Created ${displayName}`,
  }
}

// 144 bits.
const secretBytes = 18

/** A password that nobody will ever type. */
export function unknownPassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(secretBytes))
  return btoa(String.fromCharCode(...bytes))
}
