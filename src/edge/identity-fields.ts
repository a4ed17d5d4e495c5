import { createHash } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import type { RawHeaders } from '../http/headers.ts'
import { Recent } from '../identity/recent.ts'
import type { Session } from '../identity/session.ts'
import { signAssertion } from '../identity/token/assertion.ts'
import type { AssertionKeys } from '../identity/token/assertion-keys.ts'
import type { Group, Memberships } from '../policy/memberships.ts'
import {
  assertionHeader,
  type IdentityHeader,
  type IdentityPlan,
  type ValueEncoding,
} from '../publishing/identity-header.ts'
import type { RoutedApplication } from '../publishing/route-table.ts'
import { transform, writeList, writeValue } from './identity-value.ts'

// A few kB each; a session that was forgotten costs one signature more.
const cacheCapacity = 10_000
// A new assertion each minute has always four of its five minutes before it.
const assertionPeriodMs = 60_000
/** More groups than this are not told at all: half a list could say the opposite of the whole one. */
export const maxGroups = 200
// What common servers take in one header line; more would be refused with the whole request.
const maxValueLength = 4_096

interface Entry {
  readonly session: Session
  readonly plan: IdentityPlan
  readonly memberships: Memberships
  readonly period: number
  readonly fields: RawHeaders
}

/** Whose request this is, as fields for the application: made once for a session and minute, then looked up. [S12] */
export class IdentityFields {
  readonly #issuer: string
  readonly #keys: AssertionKeys
  readonly #clock: Clock
  readonly #entries = new Recent<string, Entry>(cacheCapacity)

  /** `issuer` is what assertions call the edge. */
  constructor(options: { issuer: string; keys: AssertionKeys; clock: Clock }) {
    this.#issuer = options.issuer
    this.#keys = options.keys
    this.#clock = options.clock
  }

  /** The public keys that assertions are signed with, as JSON (RFC 7517 §5). */
  publishedKeys(): string {
    return JSON.stringify(this.#keys.published())
  }

  fieldsFor(
    application: RoutedApplication,
    plan: IdentityPlan,
    session: Session,
    memberships: Memberships,
  ): RawHeaders {
    const known = this.#entries.get(session.id)
    const period = plan.assertion ? Math.floor(this.#clock() / assertionPeriodMs) : 0
    if (
      known?.session === session &&
      known.plan === plan &&
      known.memberships === memberships &&
      known.period === period
    ) {
      return known.fields
    }
    const fields = this.#make(application, plan, session, memberships)
    this.#entries.set(session.id, { session, plan, memberships, period, fields })
    return fields
  }

  #make(
    application: RoutedApplication,
    plan: IdentityPlan,
    session: Session,
    memberships: Memberships,
  ): RawHeaders {
    const groups = groupsOf(session, application, memberships)
    const roles = rolesOf(session, application, memberships)
    const fields = mappedFields(plan, session, groups, roles)
    if (!plan.assertion) return fields
    const identity = {
      iss: this.#issuer,
      aud: application.appId,
      sub: session.personId,
      // Of no use as a cookie, but the same for all requests of a session.
      sid: createHash('sha256').update(session.id).digest('base64url').slice(0, 22),
      auth_time: Math.floor(session.authenticatedAt / 1000),
      ...named(session),
      ...(groups.assigned.length <= maxGroups && {
        groups: groups.assigned.map((group) => group.displayName),
      }),
      roles,
    }
    const nowSeconds = Math.floor(this.#clock() / 1000)
    const assertion = signAssertion(identity, this.#keys.current, nowSeconds)
    return [...fields, assertionHeader, assertion]
  }
}

// Service principals have no names that could be taken for a person's.
function named(session: Session): object {
  const { userPrincipalName, displayName } = session
  if (userPrincipalName === '') return {}
  const mail = attributes['mail']?.(session)
  return {
    preferred_username: userPrincipalName,
    name: displayName,
    ...(mail !== undefined && { email: mail }),
  }
}

interface Groups {
  readonly all: readonly Group[]
  /** Those that are assigned to the application. */
  readonly assigned: readonly Group[]
}

function groupsOf(
  session: Session,
  application: RoutedApplication,
  memberships: Memberships,
): Groups {
  const all = memberships.groupsOf.get(session.personId) ?? []
  const assigned = memberships.assignedGroups.get(application.id)
  return { all, assigned: all.filter(({ id }) => assigned?.has(id)) }
}

/** What the token or the provider says, and what the directory gives to the person. */
function rolesOf(
  session: Session,
  application: RoutedApplication,
  memberships: Memberships,
): readonly string[] {
  const ids = memberships.rolesAt.get(application.id)?.get(session.personId) ?? []
  const values = ids.flatMap((id) => application.roles.get(id) ?? [])
  return [...new Set([...textsOf(session.claims['roles']), ...values])]
}

/** The mapped fields of one session, in the order of the mapping; one that has no value is not there. [S12] */
export function mappedFields(
  plan: Pick<IdentityPlan, 'headers' | 'encoding'>,
  session: Session,
  groups: Groups,
  roles: readonly string[],
): string[] {
  return plan.headers.flatMap((header) => {
    const value = writeSource(header, valuesOf(header, session, groups, roles), plan.encoding)
    return value === undefined || value.length > maxValueLength ? [] : [header.name, value]
  })
}

function writeSource(
  header: IdentityHeader,
  values: string | readonly string[] | undefined,
  encoding: ValueEncoding,
): string | undefined {
  if (values === undefined) return undefined
  if (typeof values === 'string') {
    return header.source === 'constant'
      ? values || undefined
      : writeValue(transform(values, header.transformation), encoding)
  }
  const transformed = values.map((value) => transform(value, header.transformation))
  return writeList(transformed, header.separator, encoding)
}

function valuesOf(
  { source, value }: IdentityHeader,
  session: Session,
  groups: Groups,
  roles: readonly string[],
): string | readonly string[] | undefined {
  if (source === 'constant') return value
  if (source === 'attribute') return attributes[value]?.(session)
  if (source === 'roles') return roles
  if (source === 'groups') return groupTexts(value, groups)
  const claim = Object.hasOwn(session.claims, value) ? session.claims[value] : undefined
  return Array.isArray(claim) ? textsOf(claim) : textOf(claim)
}

function groupTexts(what: string, { all, assigned }: Groups): readonly string[] | undefined {
  const told = what.startsWith('all') ? all : assigned
  if (told.length > maxGroups) return undefined
  return told.map((group) =>
    what.toLowerCase().endsWith('ids') || what === 'id' ? group.id : group.displayName,
  )
}

const attributes: Readonly<Record<string, (session: Session) => string | undefined>> = {
  id: (session) => session.personId,
  userPrincipalName: (session) => session.userPrincipalName,
  displayName: (session) => session.displayName,
  mail: (session) => textOf(session.claims['email']),
  mailNickname: (session) => session.userPrincipalName.split('@', 1)[0],
}

// Objects have no form that an application could expect.
function textOf(claim: unknown): string | undefined {
  if (typeof claim === 'string') return claim
  return typeof claim === 'number' || typeof claim === 'boolean' ? String(claim) : undefined
}

function textsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return [claim]
  return Array.isArray(claim) ? claim.flatMap((member) => textOf(member) ?? []) : []
}
