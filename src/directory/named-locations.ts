import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { failed, type Issue, type Parsed } from '../base/check.ts'
import type { NamedLocation } from '../policy/access-policy.ts'
import { maxLocations, namedIds, validateLocation } from '../policy/validate.ts'
import type { Directory } from './directory.ts'
import { readLocations, readPolicies, toPolicyRow } from './policy-rows.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type Locations = Pick<
  Directory,
  'namedLocations' | 'createNamedLocation' | 'updateNamedLocation' | 'deleteNamedLocation'
>
type Create = Directory['createNamedLocation']
type Update = Directory['updateNamedLocation']
type Delete = Directory['deleteNamedLocation']

/** The directory's methods about the places that policies name. [S8] */
export function namedLocationMethods(store: Store): Locations {
  return {
    namedLocations: () => store.read(readLocations),
    createNamedLocation: (...input) => createLocation(store, ...input),
    updateNamedLocation: (...input) => updateLocation(store, ...input),
    deleteNamedLocation: (...input) => deleteLocation(store, ...input),
  }
}

async function createLocation(store: Store, ...[facts, change]: Parameters<Create>) {
  const stamps = { id: randomUUID(), createdAt: store.clock(), modifiedAt: undefined }
  const location: NamedLocation = { ...facts, ...stamps }
  return store.change<Parsed<NamedLocation>>('named-location.create', change, async (rows) => {
    const issues = [...validateLocation(location), ...(await findFull(rows))]
    if (issues.length > 0) return { value: { issues } }
    await rows.insertInto('named_location').values(toPolicyRow(location)).execute()
    const record = { targetId: location.id, before: undefined, after: location }
    return { value: { value: location }, record }
  })
}

async function findFull(rows: Rows): Promise<readonly Issue[]> {
  const present = await rows.selectFrom('named_location').select('id').execute()
  if (present.length < maxLocations) return []
  const message = `there are ${maxLocations} named locations already`
  return [{ path: '', code: 'too-many', message }]
}

async function updateLocation(
  store: Store,
  ...[id, change, edit]: Parameters<Update>
): ReturnType<Update> {
  return store.change<Parsed<NamedLocation>>('named-location.update', change, async (rows) => {
    const before = await findLocation(rows, id)
    if (!before) throw notFound('named location', id)
    const parsed = edit(before)
    if (failed(parsed)) return { value: parsed }
    assert.equal(parsed.value.id, id, 'an edit must not change the id of a location')
    const issues = validateLocation(parsed.value)
    if (issues.length > 0) return { value: { issues } }
    if (isDeepStrictEqual(before, parsed.value)) return { value: { value: before } }
    const after: NamedLocation = { ...parsed.value, modifiedAt: store.clock() }
    await rows.updateTable('named_location').set(toPolicyRow(after)).where('id', '=', id).execute()
    return { value: { value: after }, record: { targetId: id, before, after } }
  })
}

async function deleteLocation(store: Store, ...[id, change]: Parameters<Delete>) {
  return store.change<Parsed<boolean>>('named-location.delete', change, async (rows) => {
    const before = await findLocation(rows, id)
    if (!before) return { value: { value: false } }
    const issues = await findInUse(rows, before)
    if (issues.length > 0) return { value: { issues } }
    await rows.deleteFrom('named_location').where('id', '=', id).execute()
    const record = { targetId: id, before, after: undefined }
    return { value: { value: true }, record }
  })
}

async function findLocation(rows: Rows, id: string): Promise<NamedLocation | undefined> {
  return (await readLocations(rows)).find((location) => location.id === id)
}

/** A policy that lost its place could let everybody in or nobody; a trusted place must be distrusted first. */
async function findInUse(rows: Rows, location: NamedLocation): Promise<readonly Issue[]> {
  const issues: Issue[] = []
  if (location.kind === 'addresses' && location.trusted) {
    const message = 'is trusted; set isTrusted to false first'
    issues.push({ path: '', code: 'trusted', message })
  }
  return [...issues, ...(await findNaming(rows, location.id))]
}

/** The policies that name this location, as reasons for which it must stay. */
export async function findNaming(rows: Rows, locationId: string): Promise<readonly Issue[]> {
  const naming = (await readPolicies(rows)).filter((policy) =>
    namedIds(policy).some(({ kind, ids }) => kind === 'locations' && ids.includes(locationId)),
  )
  return naming.map(({ displayName }) => {
    const message = `is named by the policy ${displayName}`
    return { path: '', code: 'in-use', message }
  })
}
