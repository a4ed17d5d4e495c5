import { type PolicyReview, spokenParts } from './entra-review.ts'
import { type Resource, textAt, wordsAt } from './resource.ts'

/** What policies may name, by ids of Entra. What is not known has no name here. */
export interface PolicyNames {
  /** The user name; from then on the person is part of the document. */
  user(id: string): string | undefined
  /** The same for a group. */
  group(id: string): string | undefined
  /** Of a published application, by its app id. */
  application(appId: string): string | undefined
  location(id: string): string | undefined
  /** Whether all trusted locations come along, and there are any. */
  readonly hasAllTrusted: boolean
}

const mfaTrustedAddresses = '00000000-0000-0000-0000-000000000000'

/** The conditions of a policy in names; undefined when it would be about nobody or nothing here, which is told. */
export function convertConditions(
  from: Resource,
  names: PolicyNames,
  review: PolicyReview,
): Resource | undefined {
  const said = spokenParts(from)
  if (said['clientApplications'] !== undefined) {
    return review.left('conditions/clientApplications', 'is about programs, not about people')
  }
  const users = convertPeople(spokenParts(said['users']), names, review)
  const applications = users && convertApplications(said['applications'], names, review)
  const { locations: places, platforms: systems } = said
  const locations = places === undefined ? places : convertLocations(places, names, review)
  const platforms = systems === undefined ? systems : convertPlatforms(systems, review)
  const clientAppTypes = convertClients(wordsAt(from, 'clientAppTypes'), review)
  if (!users || !applications) return undefined
  if (locations === null || platforms === null || clientAppTypes === null) return undefined
  for (const name of Object.keys(said).filter((each) => !known.has(each))) {
    review.wider(`conditions/${name}`, reasons[name] ?? 'is no condition that the edge knows')
  }
  return {
    ...{ users, applications },
    ...(locations !== undefined && { locations }),
    ...(platforms !== undefined && { platforms }),
    ...{ clientAppTypes },
  }
}

const known: ReadonlySet<string> = new Set([
  ...['users', 'applications', 'locations', 'platforms', 'clientAppTypes', 'clientApplications'],
])

const risk = 'there is no risk detection here'
const device = 'devices are not known to the edge'
const reasons: Readonly<Record<string, string>> = {
  ...{ userRiskLevels: risk, signInRiskLevels: risk, insiderRiskLevels: risk },
  ...{ servicePrincipalRiskLevels: risk, agentIdRiskLevels: risk },
  ...{ devices: device, deviceStates: device },
  authenticationFlows: 'flows are not told apart here',
  times: 'policies hold at any time here',
}

/** A list of a policy with names in place of ids, and what could not be named. */
function translate(
  list: readonly string[],
  words: readonly string[],
  find: (id: string) => string | undefined,
): { readonly named: readonly string[]; readonly lost: readonly string[] } {
  const all = [...new Set(list)].map((id) => [id, words.includes(id) ? id : find(id)] as const)
  return {
    named: all.flatMap(([, name]) => name ?? []),
    lost: all.flatMap(([id, name]) => (name === undefined ? [id] : [])),
  }
}

function convertPeople(
  said: Resource,
  names: PolicyNames,
  review: PolicyReview,
): Resource | undefined {
  const lists = [
    ['Users', ['All', 'None'], names.user],
    ['Groups', [], names.group],
    ['Roles', [], (id: string) => (roles.has(id.toLowerCase()) ? id.toLowerCase() : undefined)],
  ] as const
  const users: Record<string, readonly string[]> = {}
  for (const [kind, words, find] of lists) {
    for (const side of ['include', 'exclude'] as const) {
      const name = `${side}${kind}`
      const { named, lost } = translate(wordsAt(said, name), words, find)
      if (named.length > 0) users[name] = named
      // For all is for all, whoever else is named.
      if (side === 'include' && wordsAt(said, 'includeUsers').includes('All')) continue
      tellLostPeople(review, side, kind, lost)
    }
    if (kind === 'Roles') tellRoles(users, review)
  }
  for (const side of ['include', 'exclude'] as const) {
    const name = `${side}GuestsOrExternalUsers`
    if (said[name] !== undefined) tellLost(review, side, `conditions/users/${name}`, guests)
  }
  if (wordsAt(users, 'includeUsers').includes('All')) users['includeUsers'] = ['All']
  if (users['includeUsers'] || users['includeGroups'] || users['includeRoles']) return users
  return review.left('conditions/users', 'it names nobody who is in the export')
}

const guests = 'there are no guests here: people are people, wherever they sign in'

function tellLostPeople(
  review: PolicyReview,
  side: 'include' | 'exclude',
  kind: 'Users' | 'Groups' | 'Roles',
  lost: readonly string[],
): void {
  const path = `conditions/users/${side}${kind}`
  const ids = lost.filter((id) => id !== 'GuestsOrExternalUsers')
  if (ids.length < lost.length) tellLost(review, side, path, guests)
  if (ids.length === 0) return
  const list = listIds(ids)
  if (kind === 'Roles') tellLost(review, side, path, `there is no role ${list} here`)
  else tellLost(review, side, path, `${list}: not in the export of /${kind.toLowerCase()}`)
}

// A policy about all administrators names forty roles.
const idsMax = 3

function listIds(ids: readonly string[]): string {
  const more = ids.length - idsMax
  return more > 0 ? `${ids.slice(0, idsMax).join(', ')} and ${more} more` : ids.join(', ')
}

function tellLost(
  review: PolicyReview,
  side: 'include' | 'exclude',
  path: string,
  message: string,
): void {
  if (side === 'include') review.laxer(path, message)
  else review.wider(path, message)
}

/** The roles are the original's, but who has them does not come along. */
function tellRoles(users: Readonly<Record<string, unknown>>, review: PolicyReview): void {
  const message = 'who has a role does not come along: sallyport roles add'
  if (users['includeRoles']) review.laxer('conditions/users/includeRoles', message)
  if (users['excludeRoles']) review.wider('conditions/users/excludeRoles', message)
}

/** Template ids of the roles that there are here; identity/roles.ts has them, and a test holds the two together. */
export const roles: ReadonlySet<string> = new Set([
  ...['62e90394-69f5-4237-9190-012177145e10', 'f2ef992c-3afb-46b9-b7cf-a126ee74c451'],
  ...['9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', 'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9'],
  ...['fe930be7-5e62-47db-91af-98c3a49a38b1', 'c4e39bd9-1100-46d3-8c65-fb160da0071f'],
  ...['fdd7a751-b60b-444a-984c-02652fe8fa1c', '5d6b6bb7-de71-4623-b4af-96380a352509'],
  '4a5d8f65-41da-4de4-8968-e035b65339cf',
])

/**
 * Applications that are not published here are left out: for those that are, the policy is what it was. Undefined when it was
 * about none of them.
 */
function convertApplications(
  from: unknown,
  names: PolicyNames,
  review: PolicyReview,
): Resource | undefined {
  const said = spokenParts(from)
  const path = 'conditions/applications'
  const { named, lost } = translate(
    wordsAt(said, 'includeApplications'),
    ['All', 'None'],
    names.application,
  )
  const excluded = translate(wordsAt(said, 'excludeApplications'), [], names.application)
  for (const name of Object.keys(said).filter(
    (each) => !/^(?:in|ex)cludeApplications$/.test(each),
  )) {
    const message = 'policies are about applications by name here'
    const isExcluded = textAt(said[name], 'mode').toLowerCase() === 'exclude'
    tellLost(review, isExcluded ? 'exclude' : 'include', `${path}/${name}`, message)
  }
  if (named.length === 0) {
    return review.left(path, 'it is about no application that is published here')
  }
  if (lost.length > 0) {
    const message = `without ${listIds(lost)}: not published here`
    review.changed(`${path}/includeApplications`, message)
  }
  return {
    includeApplications: named.includes('All') ? ['All'] : named,
    ...(excluded.named.length > 0 && { excludeApplications: excluded.named }),
  }
}

/** Null when nothing is left of a condition that was there. */
function convertLocations(
  from: unknown,
  names: PolicyNames,
  review: PolicyReview,
): Resource | undefined | null {
  const path = 'conditions/locations'
  const find = (id: string): string | undefined => {
    if (id === 'AllTrusted') return names.hasAllTrusted ? id : undefined
    return names.location(id)
  }
  const include = translate(wordsAt(from, 'includeLocations'), ['All'], find)
  const exclude = translate(wordsAt(from, 'excludeLocations'), [], find)
  const isEverywhere = include.named.includes('All')
  for (const id of isEverywhere ? [] : include.lost) {
    review.laxer(`${path}/includeLocations`, lostLocation(id))
  }
  for (const id of exclude.lost) review.wider(`${path}/excludeLocations`, lostLocation(id))
  if (include.named.length === 0) {
    review.left(path, 'it is about no location that comes along')
    return null
  }
  return {
    includeLocations: isEverywhere ? ['All'] : include.named,
    ...(exclude.named.length > 0 && { excludeLocations: exclude.named }),
  }
}

function lostLocation(id: string): string {
  if (id === 'AllTrusted') return 'not every trusted location comes along'
  if (id === mfaTrustedAddresses) return 'the trusted addresses of the MFA service are not in Graph'
  return `the location ${id} does not come along`
}

const platforms = ['all', 'android', 'iOS', 'windows', 'windowsPhone', 'macOS', 'linux']
const clients = ['all', 'browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'other']

/** A word as it is spelt here. */
function spelt(words: readonly string[]) {
  return (written: string): string | undefined =>
    words.find((word) => word.toLowerCase() === written.toLowerCase())
}

function convertPlatforms(from: unknown, review: PolicyReview): Resource | null {
  const path = 'conditions/platforms'
  const include = translate(wordsAt(from, 'includePlatforms'), [], spelt(platforms))
  const exclude = translate(wordsAt(from, 'excludePlatforms'), [], spelt(platforms))
  for (const name of include.lost) review.laxer(path, `the platform ${name} is not known here`)
  for (const name of exclude.lost) review.wider(path, `the platform ${name} is not known here`)
  if (include.named.length === 0) {
    review.left(path, 'it is about no platform that is known here')
    return null
  }
  return {
    includePlatforms: include.named.includes('all') ? ['all'] : include.named,
    ...(exclude.named.length > 0 && { excludePlatforms: exclude.named }),
  }
}

function convertClients(list: readonly string[], review: PolicyReview): readonly string[] | null {
  if (list.length === 0) return ['all']
  const old = (name: string): string => (/^eas/i.test(name) ? 'exchangeActiveSync' : name)
  const { named, lost } = translate(list.map(old), [], spelt(clients))
  for (const name of lost) {
    review.laxer('conditions/clientAppTypes', `the client ${name} is not known here`)
  }
  if (named.length > 0) return named.includes('all') ? ['all'] : named
  review.left('conditions/clientAppTypes', 'it is about no client that is known here')
  return null
}
