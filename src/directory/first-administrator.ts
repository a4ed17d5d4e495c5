import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { Fault } from '../base/fault.ts'
import type { FirstAdministratorStore } from '../identity/local/first-administrator.ts'
import { checkPassword, hashPassword } from '../identity/local/password.ts'
import { globalAdministrator } from '../identity/roles.ts'
import { insertPerson } from './people.ts'
import { hasAdministrator } from './roles.ts'
import type { Rows } from './storage.ts'
import type { Store } from './store.ts'

/** 160 bits: nobody guesses one, so a plain hash is enough to keep. */
const CODE_BYTES = 20
/** A link that lies about for longer was forgotten, not planned. */
const MAX_LIFETIME_SECONDS = 24 * 3600

type SetUp = FirstAdministratorStore['setUp']

/** How a directory without administrator gets its first one. */
export function firstAdministrator(store: Store): FirstAdministratorStore {
  return {
    createCode: (lifetimeSeconds) => createCode(store, lifetimeSeconds),
    isOpen: () =>
      store.read(async (rows) => {
        const codes = rows.selectFrom('set_up_code').select('hash')
        const open = await codes.where('expires_at', '>', store.clock()).executeTakeFirst()
        return open !== undefined && !(await hasAdministrator(rows))
      }),
    setUp: (...input) => setUp(store, ...input),
  }
}

async function createCode(store: Store, lifetimeSeconds: number): Promise<string | undefined> {
  if (!(lifetimeSeconds > 0 && lifetimeSeconds <= MAX_LIFETIME_SECONDS)) {
    throw new Fault('invalid', `a set-up code lives for 1 to ${MAX_LIFETIME_SECONDS} seconds`)
  }
  if (await store.read(hasAdministrator)) return undefined
  const code = randomBytes(CODE_BYTES).toString('base64url')
  const row = { hash: hashOf(code), expires_at: store.clock() + lifetimeSeconds * 1000 }
  await store.storage.write(async (rows) => {
    await rows.deleteFrom('set_up_code').execute()
    await rows.insertInto('set_up_code').values(row).execute()
  })
  return code
}

async function setUp(store: Store, ...[code, facts]: Parameters<SetUp>): ReturnType<SetUp> {
  // Hashing a password is work that nobody without a code may ask for.
  if (!(await store.read((rows) => isGood(rows, code, store.clock())))) {
    return { refused: 'wrong-code' }
  }
  const { password, ...names } = facts
  const issues = checkPassword(password, names)
  if (issues.length > 0) return { issues }
  const person = { ...names, id: randomUUID(), mail: undefined, enabled: true }
  const verifier = await hashPassword(password)
  const change = { author: names.userPrincipalName, reason: 'the first administrator' }
  return store.change<Awaited<ReturnType<SetUp>>>(
    'person.create',
    change,
    async (rows, version) => {
      if (!(await isGood(rows, code, store.clock()))) return { value: { refused: 'wrong-code' } }
      const taken = await insertPerson(rows, person, { verifier, changedAt: store.clock() })
      if (taken.length > 0) return { value: { issues: taken } }
      const member = { role_id: globalAdministrator.id, person_id: person.id }
      await rows.insertInto('role_member').values(member).execute()
      await rows.deleteFrom('set_up_code').execute()
      // A policy may name the role.
      await rows.updateTable('revision').set({ policy_version: version }).execute()
      const after = { ...person, roles: [globalAdministrator.id] }
      const record = { targetId: person.id, before: undefined, after }
      return { value: { personId: person.id }, record }
    },
  )
}

async function isGood(rows: Rows, code: string, now: number): Promise<boolean> {
  const codes = rows.selectFrom('set_up_code').select('hash').where('hash', '=', hashOf(code))
  const found = await codes.where('expires_at', '>', now).executeTakeFirst()
  return found !== undefined && !(await hasAdministrator(rows))
}

function hashOf(code: string): string {
  return createHash('sha256').update(code.trim()).digest('base64url')
}
