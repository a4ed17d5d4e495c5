import { Fault } from '../base/fault.ts'
import type {
  Authenticators,
  Passkey,
  PersonAuthenticators,
} from '../identity/local/authenticators.ts'
import { findPerson, setPassword } from './people.ts'
import type { Tables } from './schema.ts'
import type { Rows } from './storage.ts'
import { notFound, type Store } from './store.ts'

type Of<Name extends keyof Authenticators> = Parameters<Authenticators[Name]>

/** The ways people have to prove who they are. None of them changes what the edge decides from. */
export function authenticators(store: Store): Authenticators {
  return {
    of: (personId) => store.read((rows) => readAuthenticators(rows, personId)),
    passkey: (id) => store.read((rows) => findPasskey(rows, id)),
    addPasskey: (...input) => addPasskey(store, ...input),
    renamePasskey: (...input) => renamePasskey(store, ...input),
    removePasskey: (...input) => removePasskey(store, ...input),
    usePasskey: (...input) => usePasskey(store, ...input),
    setCodeApp: (...input) => setCodeApp(store, ...input),
    removeCodeApp: (...input) => removeCodeApp(store, ...input),
    useCodeStep: (...input) => useCodeStep(store, ...input),
    replaceRecoveryCodes: (...input) => replaceRecoveryCodes(store, ...input),
    useRecoveryCode: (...input) => useRecoveryCode(store, ...input),
    setPassword: (personId, password, change) => setPassword(store, personId, password, change),
    upgradePassword: (...input) => upgradePassword(store, ...input),
    setTemporaryPass: (...input) => setTemporaryPass(store, ...input),
    removeTemporaryPass: (...input) => removeTemporaryPass(store, ...input),
    useTemporaryPass: (...input) => useTemporaryPass(store, ...input),
  }
}

async function readAuthenticators(rows: Rows, personId: string): Promise<PersonAuthenticators> {
  const person = await rows
    .selectFrom('person')
    .select(['password', 'password_changed_at', 'must_change_password'])
    .where('id', '=', personId)
    .executeTakeFirst()
  const passkeys = rows.selectFrom('passkey').selectAll().where('person_id', '=', personId)
  const codes = rows.selectFrom('recovery_code').select('hash').where('person_id', '=', personId)
  const app = await rows
    .selectFrom('code_app')
    .selectAll()
    .where('person_id', '=', personId)
    .executeTakeFirst()
  const hasPassword = typeof person?.password === 'string'
  return {
    passwordChangedAt: hasPassword ? (person.password_changed_at ?? 0) : undefined,
    mustChangePassword: hasPassword && person.must_change_password === 1,
    passkeys: (await passkeys.orderBy('created_at').orderBy('id').execute()).map(toPasskey),
    codeApp: app && {
      id: app.id,
      sealedSecret: app.sealed_secret,
      lastStep: app.last_step,
      createdAt: app.created_at,
    },
    recoveryCodes: (await codes.execute()).length,
    temporaryPass: await findTemporaryPass(rows, personId),
  }
}

function toPasskey(row: Tables['passkey']): Passkey {
  return {
    id: row.id,
    personId: row.person_id,
    name: row.name,
    publicKey: row.public_key,
    counter: row.counter,
    transports: row.transports === '' ? [] : row.transports.split(' '),
    backedUp: row.backed_up === 1,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at ?? undefined,
  }
}

async function findPasskey(rows: Rows, id: string): Promise<Passkey | undefined> {
  const passkeys = rows.selectFrom('passkey').selectAll().where('id', '=', id)
  const row = await passkeys.executeTakeFirst()
  return row && toPasskey(row)
}

// For the audit trail: which one, and nothing that could be used.
function describePasskey({ id, name }: Passkey) {
  return { method: 'passkey', id, name }
}

async function addPasskey(store: Store, ...[passkey, change]: Of<'addPasskey'>): Promise<void> {
  const { personId } = passkey
  return store.change('authentication-method.create', change, async (rows) => {
    if (!(await findPerson(rows, personId))) throw notFound('person', personId)
    if (await findPasskey(rows, passkey.id)) {
      throw new Fault('already-exists', 'this passkey is registered already')
    }
    await rows
      .insertInto('passkey')
      .values({
        ...{ id: passkey.id, person_id: personId, name: passkey.name },
        ...{ public_key: passkey.publicKey, counter: passkey.counter },
        transports: passkey.transports.join(' '),
        backed_up: passkey.backedUp ? 1 : 0,
        created_at: passkey.createdAt,
        last_used_at: passkey.lastUsedAt ?? null,
      })
      .execute()
    const record = { targetId: personId, before: undefined, after: describePasskey(passkey) }
    return { value: undefined, record }
  })
}

async function renamePasskey(
  store: Store,
  ...[personId, id, name, change]: Of<'renamePasskey'>
): Promise<boolean> {
  return store.change('authentication-method.update', change, async (rows) => {
    const before = await findPasskey(rows, id)
    if (before?.personId !== personId) return { value: false }
    await rows.updateTable('passkey').set({ name }).where('id', '=', id).execute()
    const [old, renamed] = [before, { ...before, name }].map(describePasskey)
    return { value: true, record: { targetId: personId, before: old, after: renamed } }
  })
}

async function removePasskey(
  store: Store,
  ...[personId, id, change]: Of<'removePasskey'>
): Promise<boolean> {
  return store.change('authentication-method.delete', change, async (rows) => {
    const before = await findPasskey(rows, id)
    if (before?.personId !== personId) return { value: false }
    await rows.deleteFrom('passkey').where('id', '=', id).execute()
    const record = { targetId: personId, before: describePasskey(before), after: undefined }
    return { value: true, record }
  })
}

async function usePasskey(store: Store, ...[id, counter, at]: Of<'usePasskey'>): Promise<boolean> {
  const { numUpdatedRows } = await store.storage.write((rows) =>
    rows
      .updateTable('passkey')
      .set({ counter, last_used_at: at })
      .where('id', '=', id)
      // Those that do not count stay at zero.
      .where((row) => row.or([row('counter', '<', counter), row('counter', '=', 0)]))
      .executeTakeFirst(),
  )
  return numUpdatedRows > 0n
}

async function setCodeApp(
  store: Store,
  ...[personId, app, recoveryHashes, change]: Of<'setCodeApp'>
): Promise<void> {
  return store.change('authentication-method.create', change, async (rows) => {
    if (!(await findPerson(rows, personId))) throw notFound('person', personId)
    await rows.deleteFrom('code_app').where('person_id', '=', personId).execute()
    await rows
      .insertInto('code_app')
      .values({
        ...{ person_id: personId, id: app.id, sealed_secret: app.sealedSecret },
        ...{ last_step: app.lastStep, created_at: app.createdAt },
      })
      .execute()
    await writeRecoveryCodes(rows, personId, recoveryHashes)
    const after = { method: 'codeApp', id: app.id }
    return { value: undefined, record: { targetId: personId, before: undefined, after } }
  })
}

async function removeCodeApp(
  store: Store,
  ...[personId, id, change]: Of<'removeCodeApp'>
): Promise<boolean> {
  return store.change('authentication-method.delete', change, async (rows) => {
    const { numDeletedRows } = await rows
      .deleteFrom('code_app')
      .where('person_id', '=', personId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (numDeletedRows === 0n) return { value: false }
    await writeRecoveryCodes(rows, personId, [])
    const before = { method: 'codeApp', id }
    return { value: true, record: { targetId: personId, before, after: undefined } }
  })
}

async function useCodeStep(store: Store, ...[id, step]: Of<'useCodeStep'>): Promise<boolean> {
  const { numUpdatedRows } = await store.storage.write((rows) =>
    rows
      .updateTable('code_app')
      .set({ last_step: step })
      .where('id', '=', id)
      .where('last_step', '<', step)
      .executeTakeFirst(),
  )
  return numUpdatedRows > 0n
}

async function replaceRecoveryCodes(
  store: Store,
  ...[personId, hashes, change]: Of<'replaceRecoveryCodes'>
): Promise<void> {
  return store.change('authentication-method.update', change, async (rows) => {
    if (!(await findPerson(rows, personId))) throw notFound('person', personId)
    await writeRecoveryCodes(rows, personId, hashes)
    const after = { method: 'recoveryCodes' }
    return { value: undefined, record: { targetId: personId, before: undefined, after } }
  })
}

async function writeRecoveryCodes(
  rows: Rows,
  personId: string,
  hashes: readonly string[],
): Promise<void> {
  await rows.deleteFrom('recovery_code').where('person_id', '=', personId).execute()
  if (hashes.length === 0) return
  const codes = hashes.map((hash) => ({ person_id: personId, hash }))
  await rows.insertInto('recovery_code').values(codes).execute()
}

async function useRecoveryCode(
  store: Store,
  ...[personId, hash]: Of<'useRecoveryCode'>
): Promise<boolean> {
  const { numDeletedRows } = await store.storage.write((rows) =>
    rows
      .deleteFrom('recovery_code')
      .where('person_id', '=', personId)
      .where('hash', '=', hash)
      .executeTakeFirst(),
  )
  return numDeletedRows > 0n
}

async function upgradePassword(
  store: Store,
  ...[personId, before, after]: Of<'upgradePassword'>
): Promise<void> {
  await store.storage.write((rows) =>
    rows
      .updateTable('person')
      .set({ password: after })
      .where('id', '=', personId)
      .where('password', '=', before)
      .execute(),
  )
}

async function findTemporaryPass(rows: Rows, personId: string) {
  const passes = rows.selectFrom('temporary_pass').selectAll().where('person_id', '=', personId)
  const row = await passes.executeTakeFirst()
  return (
    row && {
      id: row.id,
      createdAt: row.created_at,
      startsAt: row.starts_at,
      expiresAt: row.expires_at,
      usableOnce: row.usable_once === 1,
      usedAt: row.used_at ?? undefined,
    }
  )
}

async function setTemporaryPass(
  store: Store,
  ...[personId, pass, hash, change]: Of<'setTemporaryPass'>
): Promise<void> {
  return store.change('authentication-method.create', change, async (rows) => {
    if (!(await findPerson(rows, personId))) throw notFound('person', personId)
    await rows.deleteFrom('temporary_pass').where('person_id', '=', personId).execute()
    await rows
      .insertInto('temporary_pass')
      .values({
        ...{ person_id: personId, id: pass.id, hash, created_at: pass.createdAt },
        ...{ starts_at: pass.startsAt, expires_at: pass.expiresAt },
        usable_once: pass.usableOnce ? 1 : 0,
        used_at: pass.usedAt ?? null,
      })
      .execute()
    const after = { method: 'temporaryAccessPass', id: pass.id, expiresAt: pass.expiresAt }
    return { value: undefined, record: { targetId: personId, before: undefined, after } }
  })
}

async function removeTemporaryPass(
  store: Store,
  ...[personId, id, change]: Of<'removeTemporaryPass'>
): Promise<boolean> {
  return store.change('authentication-method.delete', change, async (rows) => {
    const { numDeletedRows } = await rows
      .deleteFrom('temporary_pass')
      .where('person_id', '=', personId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (numDeletedRows === 0n) return { value: false }
    const before = { method: 'temporaryAccessPass', id }
    return { value: true, record: { targetId: personId, before, after: undefined } }
  })
}

async function useTemporaryPass(
  store: Store,
  ...[personId, hash, now]: Of<'useTemporaryPass'>
): Promise<boolean> {
  const { numUpdatedRows } = await store.storage.write((rows) =>
    rows
      .updateTable('temporary_pass')
      .set({ used_at: now })
      .where('person_id', '=', personId)
      .where('hash', '=', hash)
      .where('starts_at', '<=', now)
      .where('expires_at', '>', now)
      .where((row) => row.or([row('usable_once', '=', 0), row('used_at', 'is', null)]))
      .executeTakeFirst(),
  )
  return numUpdatedRows > 0n
}
