import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { type Log, silentLog } from '../../base/log.ts'
import { SharedTexts } from '../../base/shared-texts.ts'
import { cookieValuesIn, writeCookie } from '../../http/cookie.ts'
import { detached } from '../../http/detached.ts'
import { boundClaims } from '../claims.ts'
import type { GuardedApplication } from '../guarded.ts'
import type { Person } from '../person.ts'
import { Recent } from '../recent.ts'
import type { Revocation, Session, SessionStore, SessionTokens } from '../session.ts'
import type { SignedIn } from '../signed-in.ts'
import { edgeCookieName, hostnameOf } from './edge-cookie.ts'
import { type SessionRules, untilTheirEnd } from './lifetime.ts'
import { PendingRevocations } from './pending-revocations.ts'
import { ProvenCookies } from './proven-cookies.ts'
import type { Renewals } from './renewals.ts'
import {
  type KeepingRefusal,
  type Kept,
  keepNothing,
  learn,
  SessionKeeping,
} from './session-keeping.ts'
import type { TokenVault } from './token-vault.ts'

/** Who is there, or why nobody is. */
export type Verdict = { readonly session: Session } | { readonly refused: SessionRefusal }

export type SessionRefusal =
  | 'no-cookie'
  | 'several-cookies'
  | 'bad-cookie'
  | 'other-application'
  | KeepingRefusal

// 256 bits, as ASVS 7.2.3 asks for at least 128; 32 bytes are 43 characters of base64url.
const idBytes = 32
const idLength = 43
// Under 2 KiB each with the claims of usual providers. Of twice as many as an edge is made for, the half that was used last
// is always there (recent.ts): 100,000 people who are active at once never wait for the store.
const cacheCapacity = 200_000

interface CookieNames {
  readonly own: string
  readonly partitioned: string
}

interface Entry extends Kept {
  loading: Promise<Session | undefined> | undefined
  readonly proven: ProvenCookies
}

/**
 * The sessions as the edge sees them: what the cookie says, proven per host, with the store behind a bounded cache that
 * is told of every revocation.
 */
export class Sessions {
  readonly #store: SessionStore
  readonly #macKey: Uint8Array
  readonly #vault: TokenVault
  readonly #keeping: SessionKeeping
  readonly #pending: PendingRevocations
  readonly #clock: Clock
  readonly #entries = new Recent<string, Entry>(cacheCapacity)
  readonly #hosts = new SharedTexts()
  readonly #names = new WeakMap<GuardedApplication, CookieNames>()

  /** `macKey`: at least 32 random bytes that are kept outside the store, so that its rows alone forge no cookie. */
  constructor(options: {
    store: SessionStore
    macKey: Uint8Array
    vault: TokenVault
    rules?: SessionRules
    clock: Clock
    log?: Log
  }) {
    this.#store = options.store
    this.#macKey = options.macKey
    this.#vault = options.vault
    this.#clock = options.clock
    this.#keeping = new SessionKeeping(this.#store, options.rules ?? untilTheirEnd, options.clock)
    this.#pending = new PendingRevocations((which) => this.#end(which), options.log ?? silentLog)
    this.#store.onEnded((ids) => {
      for (const id of ids) this.#markEnded(id)
    })
  }

  /** From now on sessions last as these say, those that are there included. [S6] */
  govern(rules: SessionRules): void {
    this.#keeping.rules = rules
  }

  /** From now on sessions are renewed at their provider; before, the provider's word counts until they end. */
  renewBy(renewals: Renewals): void {
    this.#keeping.renewals = renewals
  }

  /** When this session ends if nobody uses it any more, epoch milliseconds. [S5] */
  endsAt(session: Session): number {
    return this.#keeping.endsAt(session, this.#entries.get(session.id))
  }

  /** The one name that counts at this application. */
  cookieName(app: GuardedApplication): string {
    return this.#namesOf(app).own
  }

  /** The Set-Cookie value that signs `session` in at `host` and nowhere else. [S3] */
  cookieFor(app: GuardedApplication, session: Session, host: string): string {
    return this.#write(app, this.#valueFor(session, host), this.#maxAgeSeconds(app, session))
  }

  /**
   * The same, but good below pages of the site alone that asked for it: browsers that keep cookies of other sites out take
   * this one. undefined where no page of another site calls the application. [S2]
   */
  partitionedCookieFor(
    app: GuardedApplication,
    session: Session,
    host: string,
  ): string | undefined {
    if (!app.cookie.secure || app.cookie.sameSite !== 'None') return undefined
    return this.#write(
      app,
      this.#valueFor(session, host),
      this.#maxAgeSeconds(app, session),
      'partitioned',
    )
  }

  /** The Set-Cookie value that takes the cookie away. */
  clearing(app: GuardedApplication): string {
    return this.#write(app, '', 0)
  }

  /**
   * Whose session the Cookie fields of a request show. `host` as in `URL.host`; the port does not count, because cookies
   * do not tell ports apart (RFC 6265 §8.5). Answers at once when the session is cached, else after the store has.
   */
  check(
    app: GuardedApplication,
    host: string,
    cookieFields: readonly string[],
  ): Verdict | Promise<Verdict> {
    return this.#check(app, host, cookieFields, true)
  }

  /** The same for whoever only wants to know: it keeps no session alive that nobody uses. [S5] */
  ask(
    app: GuardedApplication,
    host: string,
    cookieFields: readonly string[],
  ): Verdict | Promise<Verdict> {
    return this.#check(app, host, cookieFields, false)
  }

  #check(
    app: GuardedApplication,
    host: string,
    cookieFields: readonly string[],
    uses: boolean,
  ): Verdict | Promise<Verdict> {
    const cookie = this.#readCookie(app, cookieFields)
    if ('refused' in cookie) return cookie
    const id = cookie.value.slice(0, idLength)
    const hostname = hostnameOf(host)
    const cached = this.#entries.get(id)
    if (cached?.proven.has(hostname, cookie.value)) {
      return this.#judgeEntry(app, cached, id, uses)
    }
    if (!this.#proves(cookie.value, hostname)) return { refused: 'bad-cookie' }
    const value = detached(cookie.value)
    const entry = cached ?? this.#enter(value.slice(0, idLength))
    entry.proven.add(this.#hosts.share(detached(hostname)), value)
    return this.#judgeEntry(app, entry, id, uses)
  }

  /** Whose session the cookie showed, though it is over; undefined where that is not known any more. */
  formerPerson(
    app: GuardedApplication,
    host: string,
    cookieFields: readonly string[],
  ): string | undefined {
    const cookie = this.#readCookie(app, cookieFields)
    if ('refused' in cookie || !this.#proves(cookie.value, hostnameOf(host))) return undefined
    return this.#entries.get(cookie.value.slice(0, idLength))?.session?.personId
  }

  /** Whose session the cookie shows, whether it counts now or nobody vouches for it for the moment: for signing out. */
  async shown(
    app: GuardedApplication,
    host: string,
    cookieFields: readonly string[],
  ): Promise<Session | undefined> {
    const cookie = this.#readCookie(app, cookieFields)
    if ('refused' in cookie || !this.#proves(cookie.value, hostnameOf(host))) return undefined
    const session = await this.find(detached(cookie.value.slice(0, idLength)))
    return session?.applicationId === app.id ? session : undefined
  }

  /** What `check` would say of the session with this id, whatever the cookie and the application: for open streams. */
  revisit(id: string): Verdict | Promise<Verdict> {
    return this.#judgeEntry(undefined, this.#entries.get(id) ?? this.#enter(id), id, true)
  }

  /** The live session with this id; undefined when it ended or expired. */
  async find(id: string): Promise<Session | undefined> {
    const entry = this.#entries.get(id) ?? this.#enter(id)
    if (!entry.session && !entry.ended) await this.#load(id, entry)
    if (entry.ended || !entry.session || entry.session.expiresAt <= this.#clock()) return undefined
    return entry.session
  }

  /**
   * Whether a session that was good a moment ago was ended since: for answers that begin long after their request was let
   * in. One that merely ran out was good for that request. Looks only at what is cached. [S9]
   */
  wasEnded(session: Session): boolean {
    return this.#entries.get(session.id)?.ended === true
  }

  /** A new session with a new id. Throws the store's faults. */
  async create(start: {
    readonly person: Person
    readonly applicationId: string
    readonly signedIn: SignedIn
    readonly lifetimeSeconds: number
  }): Promise<Session> {
    const now = this.#clock()
    const { signedIn } = start
    const session: Session = {
      id: randomBytes(idBytes).toString('base64url'),
      personId: start.person.id,
      userPrincipalName: start.person.userPrincipalName,
      displayName: start.person.displayName,
      applicationId: start.applicationId,
      providerId: signedIn.providerId,
      providerSessionId: signedIn.providerSessionId,
      createdAt: now,
      expiresAt: now + start.lifetimeSeconds * 1000,
      authenticatedAt: signedIn.authenticatedAt,
      amr: signedIn.amr,
      acr: signedIn.acr,
      claims: boundClaims(signedIn.claims).claims,
      verifiedAt: signedIn.askedAt,
      refreshable: signedIn.refreshToken !== undefined,
      seenAt: now,
    }
    const entry = this.#enter(session.id)
    await this.#store.create(session, this.#vault.seal(session.id, tokensIn(signedIn)))
    learn(entry, session)
    return session
  }

  /** The tokens of a live session, from the store; undefined when it ended, or came from an older edge. */
  async tokensOf(id: string): Promise<SessionTokens | undefined> {
    const sealed = await this.#store.tokensOf(id)
    return sealed === undefined ? undefined : this.#vault.open(id, sealed)
  }

  /**
   * Ends sessions in the store and here; resolves to how many. Every edge is told by the store. Rejects with the store's
   * faults; then they end as soon as it can be written to again, as long as this process lives. [S9] [N3]
   */
  async end(which: Revocation): Promise<number> {
    try {
      return await this.#end(which)
    } catch (thrown) {
      if ('sessionId' in which) this.#markEnded(which.sessionId)
      this.#pending.add(which)
      throw thrown
    }
  }

  async #end(which: Revocation): Promise<number> {
    const ids = await this.#store.revoke(which)
    for (const id of ids) this.#markEnded(id)
    return ids.length
  }

  /** Called with the ids of sessions that ended before their time, wherever that was. Returns how to stop. */
  onEnded(listener: (ids: readonly string[]) => void): () => void {
    return this.#store.onEnded(listener)
  }

  #namesOf(app: GuardedApplication): CookieNames {
    const known = this.#names.get(app)
    if (known) return known
    const suffix = app.appId.slice(0, 8).toLowerCase()
    const { secure } = app.cookie
    const own = edgeCookieName(suffix, secure)
    const names = { own, partitioned: edgeCookieName(`${suffix}-p`, secure) }
    this.#names.set(app, names)
    return names
  }

  #readCookie(
    app: GuardedApplication,
    cookieFields: readonly string[],
  ): { readonly value: string } | { readonly refused: SessionRefusal } {
    const { own, partitioned } = this.#namesOf(app)
    let values = cookieValuesIn(cookieFields, own)
    if (values.length === 0) values = cookieValuesIn(cookieFields, partitioned)
    if (values.length === 0) return { refused: 'no-cookie' }
    if (values.length > 1) return { refused: 'several-cookies' }
    return { value: values[0] as string }
  }

  #judgeEntry(
    app: GuardedApplication | undefined,
    entry: Entry,
    id: string,
    uses: boolean,
  ): Verdict | Promise<Verdict> {
    if (entry.ended || entry.session) return this.#judge(app, entry, uses)
    return this.#load(id, entry).then(() => this.#judge(app, entry, uses))
  }

  #judge(
    app: GuardedApplication | undefined,
    entry: Entry,
    uses: boolean,
  ): Verdict | Promise<Verdict> {
    const { session } = entry
    if (entry.ended || !session) return { refused: 'ended' }
    if (app && session.applicationId !== app.id) return { refused: 'other-application' }
    return this.#keeping.look(entry, session, uses)
  }

  // The entry stands in the cache before the store is asked, so that a revocation in between is not lost.
  #enter(id: string): Entry {
    const entry: Entry = { ...keepNothing(), loading: undefined, proven: new ProvenCookies() }
    this.#entries.set(id, entry)
    return entry
  }

  // Single-flight: a page that loads fifty things asks once. Ids never come back, so "none" may be remembered.
  #load(id: string, entry: Entry): Promise<Session | undefined> {
    entry.loading ??= this.#store
      .find(id)
      .then((session) => {
        if (!session) entry.ended = true
        else if (!entry.session) learn(entry, session)
        return session
      })
      .finally(() => {
        entry.loading = undefined
      })
    return entry.loading
  }

  #markEnded(id: string): void {
    const entry = this.#entries.get(id)
    if (entry) entry.ended = true
  }

  #proves(value: string, hostname: string): boolean {
    if (value.length !== 2 * idLength + 1 || value[idLength] !== '.') return false
    const expected = Buffer.from(this.#mac(value.slice(0, idLength), hostname))
    const given = Buffer.from(value.slice(idLength + 1), 'latin1')
    return given.length === expected.length && timingSafeEqual(given, expected)
  }

  #mac(id: string, hostname: string): string {
    return createHmac('sha256', this.#macKey).update(`${id}\n${hostname}`).digest('base64url')
  }

  #valueFor(session: Session, host: string): string {
    return `${session.id}.${this.#mac(session.id, hostnameOf(host))}`
  }

  #maxAgeSeconds(app: GuardedApplication, session: Session): number | undefined {
    if (!app.cookie.persistent) return undefined
    return Math.max(0, Math.ceil((session.expiresAt - this.#clock()) / 1000))
  }

  #write(
    app: GuardedApplication,
    value: string,
    maxAgeSeconds: number | undefined,
    which: keyof CookieNames = 'own',
  ): string {
    return writeCookie(this.#namesOf(app)[which], value, {
      secure: app.cookie.secure,
      httpOnly: app.cookie.httpOnly,
      sameSite: app.cookie.secure ? app.cookie.sameSite : 'Lax', // browsers drop None without Secure
      partitioned: which === 'partitioned',
      ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    })
  }
}

function tokensIn({ idToken, refreshToken }: SignedIn): SessionTokens {
  return { idToken, refreshToken }
}
