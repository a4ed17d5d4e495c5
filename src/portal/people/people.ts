import type { Change } from '../api/client.ts'
import { collection, resource } from '../api/queries.ts'
import type { Person } from '../api/types.ts'

/** Where one person stands in the API. */
export function personPath(id: string): string {
  return `/users/${id}`
}

/** One person. */
export function personOf(id: string) {
  return resource<Person>(personPath(id))
}

/** Everybody, or whoever a search finds by the beginnings of words. */
export function peopleList(text: string) {
  return collection<Person>(`/users${searchQuery(text, ['displayName', 'userPrincipalName'])}`)
}

/** `?$search=…` for what somebody typed, empty when there is no word in it. */
export function searchQuery(text: string, names: readonly string[]): string {
  const words = text.replace(/["\\]/g, ' ').trim()
  if (words === '') return ''
  const clauses = names.map((name) => `"${name}:${words}"`).join(' OR ')
  return `?$search=${encodeURIComponent(clauses)}`
}

/** A way of a person to prove who they are. */
export interface AuthenticationMethod {
  readonly '@odata.type': string
  readonly id: string
  readonly displayName?: string
  readonly createdDateTime?: string
  readonly startDateTime?: string
  readonly lifetimeInMinutes?: number
  readonly isUsable?: boolean
  readonly methodUsabilityReason?: string
}

/** The ways of one person. */
export function methodList(id: string) {
  return collection<AuthenticationMethod>(`${personPath(id)}/authentication/methods`)
}

/** A group or a role that somebody is in. */
export interface Place {
  readonly '@odata.type': string
  readonly id: string
  readonly displayName: string
}

export function isRole(place: Place): boolean {
  return place['@odata.type'].endsWith('directoryRole')
}

/** The call that makes a pass with which somebody signs in once, or for a while, instead of everything else. */
export function passChange(
  { id, displayName }: Pick<Person, 'id' | 'displayName'>,
  lifetimeInMinutes: number,
  isUsableOnce: boolean,
): Change {
  return {
    method: 'POST',
    path: `${personPath(id)}/authentication/temporaryAccessPassMethods`,
    body: { lifetimeInMinutes, isUsableOnce },
    summary: `Made a pass for ${displayName}`,
    isFinal: true,
  }
}
