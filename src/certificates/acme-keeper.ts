import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { failed } from '../base/check.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { AcmeClient, type AcmeServer, type ChallengeType } from './acme-client.ts'
import { AcmeProblem } from './acme-transport.ts'
import { coversHost, type ServerCertificate } from './certificate.ts'
import { requestCertificate } from './certificate-request.ts'
import { readPem } from './pem.ts'
import { nextAttemptTime } from './renewal.ts'
import { RenewalAdvice } from './renewal-advice.ts'
import type { AcmeHost, AcmeStore, StoredCertificate } from './stored.ts'
import { validateCertificate } from './validate.ts'

export interface AcmeParts {
  readonly server: AcmeServer
  readonly challenges: readonly ChallengeType[]
  readonly store: AcmeStore
  /** Hosts that people reach, and what each is shown now; undefined: the local authority's. */
  readonly hosts: () => ReadonlyMap<string, StoredCertificate | undefined>
  /** Keeps a new certificate; resolves when it is in the directory. */
  readonly keep: (certificate: ServerCertificate) => Promise<void>
  /** Resolves when a challenge that the store has taken can be found from outside. */
  readonly spread: () => Promise<void>
  readonly sealAccountKey: (pem: string) => string
  readonly openAccountKey: (sealed: string) => string | undefined
  readonly clock: Clock
  readonly log: Log
}

const checkIntervalMs = 60_000
// Many changes one after the other are looked at once.
const noticeMs = 500
// Proofs take seconds of waiting for the authority; more at once would look like an attack to it.
const ordersMax = 4
// Longer than an order with all its patience; then another process may take over what this one left.
const claimMs = 15 * 60_000
// After a success: what other processes have not heard of yet is not ordered once more.
const restMs = 60 * 60_000
// A failed validation does not last longer; what a process that died left behind is then nothing any more.
const challengeMaxMs = 15 * 60_000
// A name without a dot, or below one that stands for this machine, is certified by nobody (RFC 6761 §6.3); a star only
// over DNS (RFC 8555 §7.1.3), which is not ours.
const uncertifiable = /^[^.]*$|(?:^|\.)localhost$|^\*/

/** Sees to it that every published host has a certificate by ACME or a better one, and renews them in time. [P11] */
export class AcmeKeeper implements AsyncDisposable {
  readonly #parts: AcmeParts
  readonly #ending = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #advice: RenewalAdvice
  #client: Promise<AcmeClient> | undefined
  #running: Promise<void> | undefined
  #again = false
  #noticed: NodeJS.Timeout | undefined
  /** The authority wants to hear nothing before. */
  #pausedUntil = 0

  constructor(parts: AcmeParts) {
    this.#parts = parts
    this.#advice = new RenewalAdvice(parts.log)
    this.#timer = setInterval(() => void this.check(), checkIntervalMs).unref()
  }

  /** Something may have changed: a check follows soon. */
  notice(): void {
    this.#noticed ??= setTimeout(() => {
      this.#noticed = undefined
      void this.check()
    }, noticeMs).unref()
  }

  /** Orders what is missing or due; resolves when all of it has been tried. Never rejects. */
  check(): Promise<void> {
    this.#again = true
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    clearTimeout(this.#noticed)
    this.#ending.abort()
    await this.#running
    const client = await this.#client?.catch(() => undefined)
    await client?.[Symbol.asyncDispose]()
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#ending.signal.aborted) {
      this.#again = false
      try {
        const due = await this.#dueHosts()
        await Promise.all(Array.from({ length: ordersMax }, () => this.#tryAll(due)))
      } catch (error) {
        this.#parts.log.error({ error }, 'which certificates are due is asked again in a minute')
      }
    }
  }

  /** Takes one host after the other off the list, as others do at the same time. */
  async #tryAll(due: string[]): Promise<void> {
    for (let host = due.shift(); host !== undefined; host = due.shift()) {
      if (this.#ending.signal.aborted || this.#parts.clock() < this.#pausedUntil) return
      try {
        await this.#tryHost(host)
      } catch (error) {
        this.#parts.log.error({ host, error }, 'how an order went could not be kept')
      }
    }
  }

  /** Hosts whose time has come. What was said of hosts that are not published any more is forgotten. */
  async #dueHosts(): Promise<string[]> {
    const { store, hosts, clock } = this.#parts
    const now = clock()
    const shown = hosts()
    await this.#askForAdvice([...shown.values()], now)
    const waiting = new Set<string>()
    for (const { host, nextAttemptAt } of await store.hosts()) {
      if (nextAttemptAt > now) waiting.add(host)
      if (!shown.has(host)) await store.forget(host)
    }
    return [...shown]
      .filter(([host, certificate]) => !uncertifiable.test(host) && this.#isDue(certificate, now))
      .map(([host]) => host)
      .filter((host) => !waiting.has(host))
  }

  /** Something uploaded is its owner's to renew, but not to be missed. */
  #isDue(shown: StoredCertificate | undefined, now: number): boolean {
    if (!shown || shown.notAfter <= now) return true
    return shown.source === 'acme' && this.#advice.renewalTime(shown) <= now
  }

  async #askForAdvice(shown: readonly (StoredCertificate | undefined)[], now: number) {
    const issued = new Set(shown.filter((each) => each?.source === 'acme'))
    const ask = async (chain: string) => (await this.#sharedClient()).renewalWindow(chain)
    await this.#advice.refresh([...issued] as StoredCertificate[], ask, now)
  }

  async #tryHost(host: string): Promise<void> {
    const { store, clock, log } = this.#parts
    const now = clock()
    if (!(await store.claim(host, now, now + claimMs))) return
    let outcome: AcmeHost
    try {
      await this.#obtain(host)
      outcome = { host, failures: 0, nextAttemptAt: clock() + restMs, lastError: undefined }
      log.info({ host }, 'a certificate was issued')
    } catch (error) {
      outcome = await this.#failed(host, error)
      // Broken off is not failed: whoever is next takes it up.
      if (this.#ending.signal.aborted) {
        return store.settle({ ...outcome, failures: outcome.failures - 1, nextAttemptAt: 0 })
      }
      const { failures, nextAttemptAt, lastError } = outcome
      const at = new Date(nextAttemptAt).toISOString()
      log.warn(
        { host, failures, nextAttemptAt: at, reason: lastError },
        'no certificate was issued; what was served is served on',
      )
    }
    await store.settle(outcome)
  }

  async #failed(host: string, error: unknown): Promise<AcmeHost> {
    const { store, clock } = this.#parts
    const known = (await store.hosts()).find((each) => each.host === host)
    const failures = (known?.failures ?? 0) + 1
    const problem = error instanceof AcmeProblem ? error : undefined
    if (problem?.type === 'rateLimited') this.#pausedUntil = problem.retryAt ?? 0
    const nextAttemptAt = nextAttemptTime(failures, clock(), problem?.retryAt, Math.random())
    const lastError = problem ? `${problem.type}: ${problem.message}` : String(error)
    return { host, failures, nextAttemptAt, lastError }
  }

  async #obtain(host: string): Promise<void> {
    const { store, challenges, spread, keep, hosts, clock } = this.#parts
    const replaced = hosts().get(host)
    const client = await this.#sharedClient()
    const { key, request } = await requestCertificate(host)
    try {
      const chain = await client.obtain({
        host,
        request,
        challenges,
        replaces: replaced?.source === 'acme' ? replaced.chain : undefined,
        prove: async ({ token, keyAuthorization }) => {
          const expiresAt = clock() + challengeMaxMs
          await store.putChallenge({ host, token, keyAuthorization, expiresAt })
          await spread()
        },
      })
      await keep(checkIssued(host, chain, key, clock()))
    } finally {
      await store.removeChallenge(host)
      await this.#keepAccount(client)
    }
  }

  #sharedClient(): Promise<AcmeClient> {
    this.#client ??= this.#openClient().catch((error: unknown) => {
      this.#client = undefined
      throw error
    })
    return this.#client
  }

  /** The account of this directory, made at the first order. */
  async #openClient(): Promise<AcmeClient> {
    const { server, store, openAccountKey } = this.#parts
    const account = await store.account(server.directoryUrl)
    const pem = account && openAccountKey(account.sealedKey)
    const key = pem === undefined ? undefined : createPrivateKey(pem)
    return new AcmeClient(
      server,
      key ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
      key && account?.url,
      this.#ending.signal,
    )
  }

  async #keepAccount(client: AcmeClient): Promise<void> {
    const { server, store, sealAccountKey } = this.#parts
    const { accountUrl, accountKey } = client
    const known = await store.account(server.directoryUrl)
    if (accountUrl === undefined || known?.url === accountUrl) return
    await store.keepAccount(server.directoryUrl, {
      url: accountUrl,
      sealedKey: sealAccountKey(accountKey),
    })
  }
}

/** What came from the authority is looked at like anybody's upload. */
function checkIssued(host: string, chain: string, key: string, now: number): ServerCertificate {
  const places = { certificate: 'certificate', key: 'key' }
  const material = readPem(chain, key, places)
  const parsed = failed(material) ? material : validateCertificate(material.value, places, now)
  if (failed(parsed)) {
    const sentence = parsed.issues.map(({ message }) => message).join('; ')
    throw new AcmeProblem('unusable', `the certificate that was issued ${sentence}`)
  }
  if (coversHost(parsed.value.names, host)) return parsed.value
  throw new AcmeProblem('unusable', 'the certificate that was issued is for another name')
}
