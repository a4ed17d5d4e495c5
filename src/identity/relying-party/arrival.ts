import { createHash } from 'node:crypto'
import type { Person } from '../person.ts'
import type { SignedIn } from '../signed-in.ts'
import { claimAt, textsAt } from './claim-path.ts'
import type { PeopleRules, ProviderSettings } from './provider-settings.ts'

/** Somebody an external provider vouches for, as the directory is to know them. */
export interface Arrival {
  readonly providerId: string
  readonly providerName: string
  /** Issuer and subject are who it is; nothing else is. */
  readonly issuer: string
  readonly subject: string
  /** The names they might have, the best first; the first that is free counts, and the last always is. */
  readonly userPrincipalNames: readonly string[]
  readonly displayName: string
  readonly mail: string | undefined
  /** Somebody whom the administrator entered and who has this name or address is the same person. */
  readonly link: { readonly by: 'mail' | 'userPrincipalName'; readonly value: string } | undefined
  readonly admitsNewPeople: boolean
  /** Groups of the directory that the provider decides about, and those it says this person is in. */
  readonly ruledGroupIds: readonly string[]
  readonly groupIds: readonly string[]
  /** There are too many groups for the provider to say which. */
  readonly groupsWithheld: boolean
}

/** Keeps who arrives; the directory implements it. */
export interface Arrivals {
  /**
   * The person of whom a provider speaks, entered, renamed and put into groups as it says; undefined when only those are
   * let in who are known, and this one is not. Enabled or not.
   */
  admit(arrival: Arrival): Promise<Person | undefined>
}

// As the original takes them.
const principalName = /^[A-Za-z0-9'._!#^~+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/
const localName = /^[A-Za-z0-9'._!#^~+-]{1,64}$/
const mailAddress = /^[^\s@]{1,64}@[^\s@]{1,255}$/
// As Graph has it for users.
const displayNameMaxLength = 256

/** Reads who has arrived out of what the provider said, by the rules of that provider. */
export function readArrival(
  { id, displayName: providerName }: Pick<ProviderSettings, 'id' | 'displayName'>,
  rules: PeopleRules,
  { issuer, subject, claims }: SignedIn,
): Arrival {
  const { claims: names } = rules
  const mail = mailIn(claims, names.email)
  const name = principalNameIn(claims, names, mail)
  const principalNames = candidateNames(name, issuer, subject)
  const said = new Set(textsAt(claims, names.groups))
  const groups = names.groups === undefined ? [] : rules.groups
  return {
    providerId: id,
    providerName,
    issuer,
    subject,
    userPrincipalNames: principalNames,
    displayName: displayNameIn(claims, rules) ?? (principalNames[0] as string),
    mail,
    link: linkIn(claims, rules, { mail, name }),
    admitsNewPeople: rules.admitsNewPeople,
    ruledGroupIds: [...new Set(groups.map(({ groupId }) => groupId))],
    groupIds: [
      ...new Set(groups.filter(({ name }) => said.has(name)).map(({ groupId }) => groupId)),
    ],
    groupsWithheld: names.groups !== undefined && withholds(claims, names.groups),
  }
}

// A name of its own domain first; one that is taken already becomes a guest's, as in the original; at last one that
// nobody else can have.
function candidateNames(said: string | undefined, issuer: string, subject: string): string[] {
  const { hostname } = new URL(issuer)
  const digest = createHash('sha256').update(`${issuer}\n${subject}`).digest('hex')
  const last = `${digest.slice(0, 32)}@${hostname}`
  const name = said?.trim() ?? ''
  if (principalName.test(name)) {
    const guest = `${name.replace('@', '_')}#EXT#@${hostname}`
    return [name, guest, last]
  }
  return localName.test(name) ? [`${name}@${hostname}`, last] : [last]
}

function displayNameIn(
  claims: SignedIn['claims'],
  { claims: names }: PeopleRules,
): string | undefined {
  const [whole] = textsAt(claims, names.displayName)
  const parts = [...textsAt(claims, names.givenName), ...textsAt(claims, names.surname)].join(' ')
  const name = (whole ?? parts).trim().slice(0, displayNameMaxLength)
  return name === '' ? undefined : name
}

// Whoever is called by their address is called by one that was checked.
function principalNameIn(
  claims: SignedIn['claims'],
  names: PeopleRules['claims'],
  mail: string | undefined,
): string | undefined {
  if (names.userPrincipalName === names.email) return mail
  return textsAt(claims, names.userPrincipalName)[0]
}

// An address that the provider itself says it has not checked is anybody's.
function mailIn(claims: SignedIn['claims'], name: string): string | undefined {
  const [mail] = textsAt(claims, name)
  if (mail === undefined || !mailAddress.test(mail)) return undefined
  return claims['email_verified'] === false || claims['email_verified'] === 'false'
    ? undefined
    : mail
}

function linkIn(
  claims: SignedIn['claims'],
  { linking }: PeopleRules,
  { mail, name }: { readonly mail: string | undefined; readonly name: string | undefined },
): Arrival['link'] {
  if (linking === 'verifiedEmail' && mail !== undefined && claims['email_verified'] === true) {
    return { by: 'mail', value: mail }
  }
  if (linking === 'userPrincipalName' && name !== undefined) {
    return { by: 'userPrincipalName', value: name }
  }
  return undefined
}

// OIDC Core §5.6.2: Entra ID names groups by a reference when there are more than 200.
function withholds(claims: SignedIn['claims'], name: string): boolean {
  const elsewhere = claims['_claim_names']
  if (claimAt(claims, name) !== undefined) return false
  if (claims['hasgroups'] === true) return true
  return typeof elsewhere === 'object' && elsewhere !== null && Object.hasOwn(elsewhere, name)
}
