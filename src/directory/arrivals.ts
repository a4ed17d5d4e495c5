import { randomUUID } from 'node:crypto'
import { Fault } from '../base/fault.ts'
import type { Person } from '../identity/person.ts'
import type { Arrival, Arrivals } from '../identity/relying-party/arrival.ts'
import type { Change } from './change.ts'
import { findPerson, findPersonByName, selectPeople, toPerson, toPersonColumns } from './people.ts'
import { foldName } from './schema.ts'
import { endSessionsWithoutAccess } from './session-rows.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

/** Somebody as they stand in the directory. */
interface Known {
  readonly person: Person
  /** Did the provider bring them along? Then it also says what they are called. */
  readonly namesPerson: boolean
}

/** The directory's method about people whom external providers vouch for. [S11] */
export function arrivals(store: Store): Arrivals {
  return { admit: (arrival) => admit(store, arrival) }
}

// Most sign-ins change nothing and only read.
async function admit(store: Store, arrival: Arrival): Promise<Person | undefined> {
  const change: Change = { author: arrival.providerName, reason: 'what it said at a sign-in' }
  const seen = await store.read(async (rows) => {
    const known = await findKnown(rows, arrival)
    if (!known) return undefined
    const person = await renamed(rows, known, arrival)
    return { person: person === known.person ? person : undefined, known }
  })
  const person = seen?.person ?? (await enter(store, arrival, change))
  // Whoever is disabled is put into no groups; they get in no further than here.
  if (person?.enabled) await followGroups(store, person, arrival, change)
  return person
}

async function findKnown(
  rows: Rows,
  { issuer, subject }: Pick<Arrival, 'issuer' | 'subject'>,
): Promise<Known | undefined> {
  const row = await rows
    .selectFrom('federated_identity')
    .select(['person_id', 'names_person'])
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst()
  const person = row && (await findPerson(rows, row.person_id))
  return person && { person, namesPerson: row.names_person === 1 }
}

/** The person with the names of today; the very same object when they are still the same. */
async function renamed(
  rows: Rows,
  { person, namesPerson }: Known,
  arrival: Arrival,
): Promise<Person> {
  if (!namesPerson) return person
  const userPrincipalName = await freeName(rows, arrival, person.id)
  const { displayName, mail } = arrival
  const same =
    person.userPrincipalName === userPrincipalName &&
    person.displayName === displayName &&
    person.mail === mail
  return same ? person : { ...person, userPrincipalName, displayName, mail }
}

async function freeName(rows: Rows, arrival: Arrival, personId: string): Promise<string> {
  for (const name of arrival.userPrincipalNames) {
    const holder = await findPersonByName(rows, name)
    if (!holder || holder.id === personId) return name
  }
  // The last one is a digest of issuer and subject: somebody was given it by hand.
  throw new Fault('conflict', `no name is free for ${arrival.subject}`)
}

/** Enters somebody new, links somebody known, or keeps new names. */
function enter(store: Store, arrival: Arrival, change: Change): Promise<Person | undefined> {
  return store.change<Person | undefined>('person.arrive', change, async (rows) => {
    const known = await findKnown(rows, arrival)
    if (known) {
      const person = await renamed(rows, known, arrival)
      if (person === known.person) return { value: person }
      await rows
        .updateTable('person')
        .set(toPersonColumns(person))
        .where('id', '=', person.id)
        .execute()
      return { value: person, record: recordOf(person, known.person) }
    }
    const linked = await findLinked(rows, arrival)
    if (linked) {
      await keepIdentity(rows, arrival, linked, false)
      return { value: linked, record: recordOf(linked, undefined) }
    }
    if (!arrival.admitsNewPeople) return { value: undefined }
    const { displayName, mail } = arrival
    const id = randomUUID()
    const userPrincipalName = await freeName(rows, arrival, id)
    const person: Person = { id, userPrincipalName, displayName, mail, enabled: true }
    await rows
      .insertInto('person')
      .values({ ...toPersonColumns(person), id, password: null, password_changed_at: null })
      .execute()
    await keepIdentity(rows, arrival, person, true)
    return { value: person, record: recordOf(person, undefined) }
  })
}

function recordOf(after: Person, before: Person | undefined) {
  return { targetId: after.id, before, after }
}

async function keepIdentity(
  rows: Rows,
  { issuer, subject }: Arrival,
  person: Person,
  namesPerson: boolean,
): Promise<void> {
  const names_person = namesPerson ? 1 : 0
  const row = { issuer, subject, person_id: person.id, names_person }
  await rows.insertInto('federated_identity').values(row).execute()
}

// Only somebody whom no provider has brought along: else whoever arrived first with a foreign address would be waiting
// for its owner.
async function findLinked(rows: Rows, { link }: Arrival): Promise<Person | undefined> {
  if (!link) return undefined
  const value = foldName(link.value)
  const candidates = selectPeople(rows)
    .where((query) =>
      link.by === 'mail'
        ? query(query.fn('lower', ['person.mail']), '=', value)
        : query('person.name_key', '=', value),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('federated_identity')
            .select('federated_identity.subject')
            .whereRef('federated_identity.person_id', '=', 'person.id'),
        ),
      ),
    )
  const [found, ...others] = await candidates.limit(2).execute()
  // Two people share the address: nobody can say which of them it is.
  return found && others.length === 0 ? toPerson(found) : undefined
}

/** Memberships that the provider decides about become what it says; those the administrator gave stay. [S8] */
async function followGroups(
  store: Store,
  person: Person,
  arrival: Arrival,
  change: Change,
): Promise<void> {
  const { providerId } = arrival
  const compare = async (rows: Rows) => {
    const now = await readMemberships(rows, person.id)
    const wanted = new Set(arrival.groupIds)
    const given = now.filter((each) => each.provider_id === providerId)
    return {
      joins: [...wanted].filter((id) => !now.some((each) => each.group_id === id)),
      leaves: given.map((each) => each.group_id).filter((id) => !wanted.has(id)),
    }
  }
  const seen = await store.read(compare)
  if (seen.joins.length === 0 && seen.leaves.length === 0) return
  await store.change('person.follow-groups', change, async (rows) => {
    const { joins, leaves } = await compare(rows)
    const existing = joins.length === 0 ? [] : await existingGroups(rows, joins)
    for (const group_id of existing) {
      const row = { group_id, person_id: person.id, provider_id: providerId }
      await rows.insertInto('membership').values(row).execute()
    }
    for (const group_id of leaves) {
      await rows
        .deleteFrom('membership')
        .where('group_id', '=', group_id)
        .where('person_id', '=', person.id)
        .execute()
    }
    if (existing.length === 0 && leaves.length === 0) return { value: undefined }
    const ended = await endSessionsWithoutAccess(rows, { personId: person.id })
    const record = {
      targetId: person.id,
      before: { leftGroupIds: leaves },
      after: { joinedGroupIds: existing },
    }
    return { value: undefined, record, ended }
  })
}

async function readMemberships(rows: Rows, personId: string) {
  const all = rows.selectFrom('membership').select(['group_id', 'provider_id'])
  return all.where('person_id', '=', personId).execute()
}

async function existingGroups(rows: Rows, ids: readonly string[]): Promise<readonly string[]> {
  const found = await rows.selectFrom('person_group').select('id').where('id', 'in', ids).execute()
  return found.map(({ id }) => id)
}
