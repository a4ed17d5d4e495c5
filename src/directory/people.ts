import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { failed, type Issue, type Parsed } from '../base/check.ts'
import { Fault } from '../base/fault.ts'
import { checkPassword, hashPassword } from '../identity/local/password.ts'
import type { KnownPeople, Person, PersonIdentities } from '../identity/person.ts'
import { rememberDeleted } from './deleted-people.ts'
import type { Directory } from './directory.ts'
import { keepAnAdministrator } from './last-administrator.ts'
import { forgetOwner } from './owner-rows.ts'
import { foldName, type PersonRow } from './schema.ts'
import { endSignIns } from './session-rows.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type People = Pick<
  Directory,
  'people' | 'listPeople' | 'createPerson' | 'updatePerson' | 'setPassword' | 'deletePerson'
>
type Create = Directory['createPerson']
type Update = Directory['updatePerson']
type SetPassword = Directory['setPassword']
type Delete = Directory['deletePerson']

/** The directory's methods about people. */
export function peopleMethods(store: Store): People {
  return {
    people: peopleStore(store),
    listPeople: () => store.read(listPeople),
    createPerson: (...input) => createPerson(store, ...input),
    updatePerson: (...input) => updatePerson(store, ...input),
    setPassword: (...input) => setPassword(store, ...input),
    deletePerson: (...input) => deletePerson(store, ...input),
  }
}

function peopleStore(store: Store): KnownPeople {
  return {
    byId: (id) => store.read((rows) => findPerson(rows, id)),
    byUserPrincipalName: (name) => store.read((rows) => findPersonByName(rows, name)),
    identitiesOf: (id) => store.read((rows) => identitiesOf(rows, id)),
    passwordOf: (id) =>
      store.read(async (rows) => {
        const passwords = rows.selectFrom('person').select('password').where('id', '=', id)
        return (await passwords.executeTakeFirst())?.password ?? undefined
      }),
  }
}

// Every column but the password: it must not travel further than it has to.
const personColumns = ['id', 'user_principal_name', 'display_name', 'mail', 'enabled'] as const

/** A row of `personColumns` as a person. */
export function toPerson(row: Pick<PersonRow, (typeof personColumns)[number]>): Person {
  return {
    id: row.id,
    userPrincipalName: row.user_principal_name,
    displayName: row.display_name,
    mail: row.mail ?? undefined,
    enabled: row.enabled === 1,
  }
}

/** All people, ordered by name; to be narrowed. */
export function selectPeople(rows: Rows) {
  return rows
    .selectFrom('person')
    .select(personColumns.map((column) => `person.${column}` as const))
    .orderBy('name_key')
}

async function identitiesOf(rows: Rows, id: string): Promise<PersonIdentities> {
  const federated = await rows
    .selectFrom('federated_identity')
    .select(['issuer', 'subject'])
    .where('person_id', '=', id)
    .orderBy('issuer')
    .execute()
  const own = rows.selectFrom('person').select('password').where('id', '=', id)
  const hasPassword = Boolean((await own.executeTakeFirst())?.password)
  return { isLocal: hasPassword || federated.length === 0, federated }
}

async function listPeople(rows: Rows): Promise<readonly Person[]> {
  return (await selectPeople(rows).execute()).map(toPerson)
}

/** The person of this id. */
export async function findPerson(rows: Rows, id: string): Promise<Person | undefined> {
  const row = await selectPeople(rows).where('id', '=', id).executeTakeFirst()
  return row && toPerson(row)
}

/** The person of this user principal name, in whatever case. */
export async function findPersonByName(rows: Rows, name: string): Promise<Person | undefined> {
  const row = await selectPeople(rows).where('name_key', '=', foldName(name)).executeTakeFirst()
  return row && toPerson(row)
}

async function createPerson(
  store: Store,
  ...[facts, password, change, mustChangePassword = false]: Parameters<Create>
): ReturnType<Create> {
  const person: Person = { ...facts, id: randomUUID() }
  const lacking = password === undefined ? [] : checkPassword(password, person)
  // Before the transaction: hashing takes far longer than everything else in it.
  const isKept = password !== undefined && lacking.length === 0 && change.isTrial !== true
  const verifier = isKept ? await hashPassword(password) : null
  return store.change<Parsed<Person>>('person.create', change, async (rows) => {
    if (lacking.length > 0) {
      return { value: { issues: [...(await findNameTaken(rows, person)), ...lacking] } }
    }
    const password = { verifier, changedAt: store.clock(), mustChange: mustChangePassword }
    const issues = await insertPerson(rows, person, password)
    if (issues.length > 0) return { value: { issues } }
    const record = { targetId: person.id, before: undefined, after: person }
    return { value: { value: person }, record }
  })
}

/** Writes a new person, unless the name is taken; says so then. */
export async function insertPerson(
  rows: Rows,
  person: Person,
  password: {
    readonly verifier: string | null
    readonly changedAt: number
    readonly mustChange?: boolean
  },
): Promise<readonly Issue[]> {
  const issues = await findNameTaken(rows, person)
  if (issues.length > 0) return issues
  const { verifier, changedAt, mustChange = false } = password
  await rows
    .insertInto('person')
    .values({
      ...toPersonColumns(person),
      ...{ id: person.id, password: verifier, revoked_at: null },
      must_change_password: mustChange ? 1 : 0,
      password_changed_at: verifier === null ? null : changedAt,
    })
    .execute()
  return []
}

/** A person as columns, without id and what is about the password. */
export function toPersonColumns(
  person: Person,
): Omit<
  PersonRow,
  'id' | 'password' | 'must_change_password' | 'password_changed_at' | 'revoked_at'
> {
  return {
    user_principal_name: person.userPrincipalName,
    name_key: foldName(person.userPrincipalName),
    display_name: person.displayName,
    mail: person.mail ?? null,
    enabled: person.enabled ? 1 : 0,
  }
}

async function findNameTaken(rows: Rows, person: Person): Promise<readonly Issue[]> {
  const holder = await findPersonByName(rows, person.userPrincipalName)
  if (!holder || holder.id === person.id) return []
  const message = `${holder.userPrincipalName} is taken by another person`
  return [{ path: '/userPrincipalName', code: 'already-exists', message }]
}

async function updatePerson(
  store: Store,
  ...[id, change, edit]: Parameters<Update>
): ReturnType<Update> {
  return store.change<Parsed<Person>>('person.update', change, async (rows) => {
    const before = await findPerson(rows, id)
    if (!before) throw notFound('person', id)
    const parsed = edit(before)
    if (failed(parsed)) return { value: parsed }
    const after = parsed.value
    assert.equal(after.id, id, 'an edit must not change the id of a person')
    const issues = await findNameTaken(rows, after)
    if (issues.length > 0) return { value: { issues } }
    if (isDeepStrictEqual(before, after)) return { value: { value: before } }
    if (before.enabled && !after.enabled) await keepAnAdministrator(rows, id)
    await rows.updateTable('person').set(toPersonColumns(after)).where('id', '=', id).execute()
    const ended = after.enabled ? [] : await endSignIns(rows, id, store.clock())
    return { value: { value: after }, record: { targetId: id, before, after }, ended }
  })
}

/** As the directory's method of this name. */
export async function setPassword(
  store: Store,
  ...[id, password, change, mustChange = false]: Parameters<SetPassword>
): ReturnType<SetPassword> {
  const person = await store.read((rows) => findPerson(rows, id))
  const [lacking] = password === undefined ? [] : checkPassword(password, person)
  if (lacking) throw new Fault('invalid', lacking.message)
  const chosen =
    password === undefined
      ? {}
      : { password: await hashPassword(password), password_changed_at: store.clock() }
  return store.change('person.set-password', change, async (rows) => {
    if (!(await findPerson(rows, id))) throw notFound('person', id)
    await rows
      .updateTable('person')
      .set({ ...chosen, must_change_password: mustChange ? 1 : 0 })
      .where('id', '=', id)
      .execute()
    return { value: undefined, record: { targetId: id, before: undefined, after: undefined } }
  })
}

async function deletePerson(store: Store, ...[id, change]: Parameters<Delete>): ReturnType<Delete> {
  return store.change('person.delete', change, async (rows) => {
    const before = await findPerson(rows, id)
    if (!before) return { value: false }
    await keepAnAdministrator(rows, id)
    await rows.deleteFrom('assignment').where('principal_id', '=', id).execute()
    await forgetOwner(rows, id)
    // Memberships go with the person, by foreign key.
    await rows.deleteFrom('person').where('id', '=', id).execute()
    await rememberDeleted(rows, id, store.clock())
    const ended = await endSignIns(rows, id, store.clock())
    return { value: true, record: { targetId: id, before, after: undefined }, ended }
  })
}
