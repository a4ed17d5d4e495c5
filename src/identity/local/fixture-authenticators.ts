import { randomUUID } from 'node:crypto'
import { type Clock, systemClock } from '../../base/clock.ts'
import type { MemoryPeople } from '../fixture-stores.ts'
import { globalAdministrator, type RoleStore } from '../roles.ts'
import type {
  Authenticators,
  CodeApp,
  Passkey,
  PersonAuthenticators,
  TemporaryPass,
} from './authenticators.ts'
import type { BrowserSignIn, BrowserSignIns, WhichSignIns } from './browser-sign-ins.ts'
import type { FirstAdministrator, FirstAdministratorStore } from './first-administrator.ts'
import { checkPassword, hashPassword } from './password.ts'

/** The ways to prove oneself in memory, for tests of this folder; the directory has the real store. */
export class MemoryAuthenticators implements Authenticators {
  readonly passkeys = new Map<string, Passkey>()
  readonly apps = new Map<string, CodeApp>()
  readonly recoveryHashes = new Map<string, Set<string>>()
  readonly passes = new Map<string, { readonly pass: TemporaryPass; readonly hash: string }>()
  readonly mustChange = new Set<string>()
  readonly #people: MemoryPeople
  readonly #clock: Clock
  readonly #changedAt = new Map<string, number>()

  constructor(people: MemoryPeople, clock: Clock = systemClock) {
    this.#people = people
    this.#clock = clock
  }

  async of(personId: string): Promise<PersonAuthenticators> {
    return {
      passwordChangedAt: this.#people.rows.has(personId)
        ? (this.#changedAt.get(personId) ?? 0)
        : undefined,
      mustChangePassword: this.mustChange.has(personId),
      passkeys: [...this.passkeys.values()].filter((key) => key.personId === personId),
      codeApp: this.apps.get(personId),
      recoveryCodes: this.recoveryHashes.get(personId)?.size ?? 0,
      temporaryPass: this.passes.get(personId)?.pass,
    }
  }

  async passkey(id: string): Promise<Passkey | undefined> {
    return this.passkeys.get(id)
  }

  async addPasskey(passkey: Passkey): Promise<void> {
    this.passkeys.set(passkey.id, passkey)
  }

  async renamePasskey(personId: string, id: string, name: string): Promise<boolean> {
    const passkey = this.passkeys.get(id)
    if (passkey?.personId !== personId) return false
    this.passkeys.set(id, { ...passkey, name })
    return true
  }

  async removePasskey(personId: string, id: string): Promise<boolean> {
    return this.passkeys.get(id)?.personId === personId && this.passkeys.delete(id)
  }

  async usePasskey(id: string, counter: number, at: number): Promise<boolean> {
    const passkey = this.passkeys.get(id)
    if (!passkey || (passkey.counter >= counter && passkey.counter !== 0)) return false
    this.passkeys.set(id, { ...passkey, counter, lastUsedAt: at })
    return true
  }

  async setCodeApp(personId: string, app: CodeApp, hashes: readonly string[]): Promise<void> {
    this.apps.set(personId, app)
    this.recoveryHashes.set(personId, new Set(hashes))
  }

  async removeCodeApp(personId: string, id: string): Promise<boolean> {
    if (this.apps.get(personId)?.id !== id) return false
    this.recoveryHashes.delete(personId)
    return this.apps.delete(personId)
  }

  async useCodeStep(id: string, step: number): Promise<boolean> {
    const [personId, app] = [...this.apps].find(([, each]) => each.id === id) ?? []
    if (personId === undefined || !app || app.lastStep >= step) return false
    this.apps.set(personId, { ...app, lastStep: step })
    return true
  }

  async replaceRecoveryCodes(personId: string, hashes: readonly string[]): Promise<void> {
    this.recoveryHashes.set(personId, new Set(hashes))
  }

  async useRecoveryCode(personId: string, hash: string): Promise<boolean> {
    return this.recoveryHashes.get(personId)?.delete(hash) ?? false
  }

  async setPassword(personId: string, password: string): Promise<void> {
    await this.#keepPassword(personId, await hashPassword(password))
    this.mustChange.delete(personId)
    this.#changedAt.set(personId, this.#clock())
  }

  async upgradePassword(personId: string, before: string, after: string): Promise<void> {
    if (this.#people.rows.get(personId)?.password === before) {
      await this.#keepPassword(personId, after)
    }
  }

  async #keepPassword(personId: string, verifier: string): Promise<void> {
    const row = this.#people.rows.get(personId)
    if (row) this.#people.rows.set(personId, { ...row, password: verifier })
  }

  async setTemporaryPass(personId: string, pass: TemporaryPass, hash: string): Promise<void> {
    this.passes.set(personId, { pass, hash })
  }

  async removeTemporaryPass(personId: string, id: string): Promise<boolean> {
    return this.passes.get(personId)?.pass.id === id && this.passes.delete(personId)
  }

  async useTemporaryPass(personId: string, hash: string, now: number): Promise<boolean> {
    const kept = this.passes.get(personId)
    if (kept?.hash !== hash) return false
    const { pass } = kept
    const usedUp = pass.usableOnce && pass.usedAt !== undefined
    if (usedUp || now < pass.startsAt || now >= pass.expiresAt) return false
    this.passes.set(personId, { hash, pass: { ...pass, usedAt: now } })
    return true
  }
}

/** Sign-ins in memory; `end` only takes them off the list. */
export class MemorySignIns implements BrowserSignIns {
  readonly rows = new Map<string, BrowserSignIn>()

  async note(signIn: Omit<BrowserSignIn, 'applications'>): Promise<void> {
    this.rows.set(signIn.id, { ...signIn, applications: [] })
  }

  async of(personId: string): Promise<readonly BrowserSignIn[]> {
    return [...this.rows.values()].filter((row) => row.personId === personId)
  }

  async end({ personId, only, except }: WhichSignIns): Promise<void> {
    for (const row of this.rows.values()) {
      const meant = row.id !== except && (only === undefined || row.id === only)
      if (row.personId === personId && meant) this.rows.delete(row.id)
    }
  }

  async removeExpired(before: number): Promise<void> {
    for (const row of this.rows.values()) if (row.expiresAt <= before) this.rows.delete(row.id)
  }
}

/** Roles in memory, and a directory whose first administrator is made with the code `first`. */
export class MemoryRoles implements RoleStore, FirstAdministratorStore {
  readonly roles = new Map<string, readonly string[]>()
  readonly #people: MemoryPeople
  code: string | undefined

  constructor(people: MemoryPeople) {
    this.#people = people
  }

  async rolesOf(personId: string): Promise<readonly string[]> {
    return this.roles.get(personId) ?? []
  }

  async createCode(): Promise<string | undefined> {
    if (this.roles.size > 0) return undefined
    this.code = 'first'
    return this.code
  }

  async isOpen(): Promise<boolean> {
    return this.code !== undefined && this.roles.size === 0
  }

  async setUp(code: string, { password, ...names }: FirstAdministrator) {
    if (code !== this.code) return { refused: 'wrong-code' as const }
    const issues = checkPassword(password, names)
    if (issues.length > 0) return { issues }
    const person = { ...names, id: randomUUID(), mail: undefined, enabled: true }
    this.#people.rows.set(person.id, { ...person, password: await hashPassword(password) })
    this.roles.set(person.id, [globalAdministrator.id])
    this.code = undefined
    return { personId: person.id }
  }
}
