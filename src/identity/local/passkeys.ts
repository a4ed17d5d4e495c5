import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  type VerifiedRegistrationResponse,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Person } from '../person.ts'
import type { Authenticators, Passkey } from './authenticators.ts'
import type { SecretVault } from './vault.ts'

// How long the browser waits for the person; the challenge lives as long as the page it stands in.
const ceremonyTimeoutMs = 5 * 60_000
// An answer of WebAuthn holds some keys and signatures; what is longer is none.
const responseMaxLength = 16_384

// EdDSA, ES256 and RS256: what every device has, and what Node verifies without calling it an experiment.
const algorithms = [-8, -7, -257]

/** Who asks for passkeys: keys made here are good for this host name and at this origin only. */
export interface PasskeyParty {
  /** The login host's name, which is the RP ID. */
  readonly host: string
  readonly origin: string
  readonly name: string
}

/**
 * The challenge that belongs to one sign-in or one page: nobody can foresee it, and what answers it answers no other one.
 * It need not be kept, because it can be made again.
 */
export function challengeFor(vault: SecretVault, id: string): string {
  return vault.prove('passkey challenge/1', id)
}

/**
 * What the page hands to `navigator.credentials` for a new passkey of this person: discoverable, with user verification,
 * and none that is registered already.
 */
export async function beginRegistration(
  party: PasskeyParty,
  challenge: string,
  person: Person,
  existing: readonly Passkey[],
): Promise<object> {
  return generateRegistrationOptions({
    challenge: bytesOf(challenge),
    rpName: party.name,
    rpID: party.host,
    userName: person.userPrincipalName,
    userDisplayName: person.displayName,
    userID: new Uint8Array(Buffer.from(person.id)),
    timeout: ceremonyTimeoutMs,
    // Which make of authenticator it is does not matter here, and asking costs people a warning.
    attestationType: 'none',
    supportedAlgorithmIDs: algorithms,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: existing.map(({ id, transports }) => ({ id, transports: [...transports] })),
  })
}

/** For a sign-in: any passkey of this host, or those of one person as a second factor. */
export async function beginAuthentication(
  party: PasskeyParty,
  challenge: string,
  allowed: readonly Passkey[] = [],
): Promise<object> {
  return generateAuthenticationOptions({
    challenge: bytesOf(challenge),
    rpID: party.host,
    timeout: ceremonyTimeoutMs,
    userVerification: 'required',
    allowCredentials: allowed.map(({ id, transports }) => ({ id, transports: [...transports] })),
  })
}

function bytesOf(challenge: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(challenge, 'base64url'))
}

/** The passkey that the browser made for this challenge; undefined for anything else. */
export async function readRegistration(
  party: PasskeyParty,
  challenge: string,
  response: string,
): Promise<Omit<Passkey, 'personId' | 'name' | 'createdAt' | 'lastUsedAt'> | undefined> {
  const read = parseResponse<RegistrationResponseJSON>(response)
  if (!read) return undefined
  const { verified, registrationInfo } = await refuseBroken<VerifiedRegistrationResponse>(() =>
    verifyRegistrationResponse({
      response: read,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.host,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    }),
  )
  if (!verified || !registrationInfo) return undefined
  const { credential, credentialBackedUp } = registrationInfo
  return {
    id: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString('base64url'),
    counter: credential.counter,
    transports: (credential.transports ?? []).filter((transport) =>
      /^[a-z-]{1,20}$/.test(transport),
    ),
    backedUp: credentialBackedUp,
  }
}

/**
 * Whose passkey proved itself over this challenge; undefined when none did: another host, another origin, nobody there
 * or not verified, a counter that went back, or a key that is not registered.
 */
export async function readAuthentication(
  party: PasskeyParty,
  authenticators: Authenticators,
  proof: { readonly challenge: string; readonly response: string; readonly now: number },
): Promise<Passkey | undefined> {
  const read = parseResponse<AuthenticationResponseJSON>(proof.response)
  const passkey = read && (await authenticators.passkey(String(read.id)))
  if (!passkey || !namesOwner(read, passkey)) return undefined
  const { verified, authenticationInfo } = await refuseBroken(() =>
    verifyAuthenticationResponse({
      response: read,
      expectedChallenge: proof.challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.host,
      requireUserVerification: true,
      credential: {
        id: passkey.id,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        counter: passkey.counter,
      },
    }),
  )
  if (!verified || !authenticationInfo) return undefined
  const used = await authenticators.usePasskey(passkey.id, authenticationInfo.newCounter, proof.now)
  return used ? passkey : undefined
}

/** What it claims to be: the library looks at each of its members. */
function parseResponse<Claimed>(text: string): Claimed | undefined {
  if (text.length > responseMaxLength) return undefined
  try {
    const read: unknown = JSON.parse(text)
    return typeof read === 'object' && read !== null ? (read as Claimed) : undefined
  } catch {
    return undefined // no JSON, so nothing that our page sent
  }
}

// WebAuthn §7.2 step 6: a discoverable key says whose it is.
function namesOwner(read: Partial<AuthenticationResponseJSON>, passkey: Passkey): boolean {
  const userHandle = read.response?.userHandle
  if (userHandle === undefined || userHandle === null) return true
  return Buffer.from(String(userHandle), 'base64url').toString() === passkey.personId
}

interface Unverified {
  readonly verified: false
  readonly registrationInfo?: never
  readonly authenticationInfo?: never
}

// The library throws for everything that is not as it should be, and all of it comes from outside.
async function refuseBroken<Verified>(
  verify: () => Promise<Verified>,
): Promise<Verified | Unverified> {
  try {
    return await verify()
  } catch {
    return { verified: false }
  }
}
