import { randomBytes } from 'node:crypto'
import { getDomain } from 'tldts'
import type { Answer, PageRequest } from '../../http/answer.ts'
import { fieldValue, fieldValues, type RawHeaders } from '../../http/headers.ts'
import { ownAnswerHeaders } from '../../http/page.ts'
import type { AccessGate } from '../access-gate.ts'
import { jsonAnswer, oneParameter, readableBy, redirectTo } from '../answers.ts'
import type { ApplicationLookup, GuardedApplication } from '../guarded.ts'
import type { Seal } from '../seal.ts'
import type { Sessions } from '../session/sessions.ts'
import type { Session } from '../session.ts'
import { handOverPage, unknownSignInPage } from './pages.ts'
import { persistentAs } from './refused-sign-in.ts'
import type { SpentTickets } from './spent-tickets.ts'

/** The path of the page, of each link of the chain and of the endpoint that takes tickets. */
export const handOverPath = '/.sallyport/hand-over'

/** What is sealed into `to` and into the body of a post. `kind` keeps the three uses apart. */
type Ticket =
  | {
      readonly kind: 'page'
      readonly applicationId: string
      readonly sessionId: string
      readonly origin: string
      readonly target: string
    }
  | ChainTicket
  | PostTicket

interface ChainTicket {
  readonly kind: 'chain'
  readonly id: string
  readonly sessionId: string
  /** The host this link is for, and those after it. */
  readonly origin: string
  readonly rest: readonly string[]
  readonly target: string
}

interface PostTicket {
  readonly kind: 'post'
  readonly id: string
  readonly sessionId: string
  readonly origin: string
  /** The only page that may hand it in. */
  readonly from: string
}

const purpose = 'hand-over/1'
// The page uses its tickets at once, the chain within seconds.
const ticketLifetimeMs = 60_000
// Browsers stop at 20 redirects; with single sign-on five stand before the chain and the target after it.
const chainMaxHosts = 14
// Chromium keeps 180 cookies for a registrable domain, all hosts below it together, and then drops the oldest:
// the person's own session here would be the first to go. The application needs some, too.
const hostsPerSiteMax = 120

/**
 * Carries a session from the host where the person signed in to all other hosts of the application, before the person
 * sees the first page: a page that posts a ticket to each in parallel, or a chain of redirects without script. [S2]
 */
export class HandOver {
  readonly #seal: Seal
  readonly #sessions: Sessions
  readonly #spent: SpentTickets
  readonly #gate: AccessGate | undefined

  constructor(options: {
    readonly seal: Seal
    readonly sessions: Sessions
    readonly spentTickets: SpentTickets
    readonly gate?: AccessGate | undefined
  }) {
    this.#seal = options.seal
    this.#sessions = options.sessions
    this.#gate = options.gate
    this.#spent = options.spentTickets
  }

  /** Where the browser goes from the callback: the target when no other host is concerned. */
  entrance(
    app: GuardedApplication,
    session: Session,
    landing: { readonly origin: string; readonly target: string; readonly scripted: boolean },
  ): string {
    const { origin, target } = landing
    const siblings = siblingsOf(app, origin)
    if (siblings.length === 0) return target
    if (!landing.scripted) return this.#chainUrl(session.id, siblings, target)
    const applicationId = app.id
    return this.#url(origin, { kind: 'page', applicationId, sessionId: session.id, origin, target })
  }

  /** GET: the page, or one link of the chain. */
  async visit(request: PageRequest, application: ApplicationLookup): Promise<Answer> {
    const to = oneParameter(request.url, 'to')
    if (to === 'several' || to.value === undefined) return unknownSignInPage()
    const opened = this.#seal.open<Ticket>(purpose, to.value)
    if (opened.kind === 'forged' || opened.value.kind === 'post') return unknownSignInPage()
    const ticket = opened.value
    if (ticket.origin !== request.url.origin) return unknownSignInPage()
    if (opened.kind === 'expired') return redirectTo(ticket.target)
    return ticket.kind === 'page'
      ? this.#page(request, ticket, application(ticket.applicationId))
      : this.#link(request, ticket, application)
  }

  /** POST from the page on the landing host: signs the session in here. Answers 204, or why not. */
  async receive(request: PageRequest, application: ApplicationLookup): Promise<Answer> {
    const opened = this.#seal.open<Ticket>(purpose, request.body)
    if (opened.kind !== 'valid' || opened.value.kind !== 'post') return refused('bad-ticket')
    const ticket = opened.value
    if (ticket.origin !== request.url.origin) return refused('other-host')
    // Login CSRF: another site's page must not be able to sign this browser in as somebody else.
    const origins = fieldValues(request.headers, 'origin')
    if (origins.length !== 1 || origins[0] !== ticket.from) return refused('foreign-origin')
    const redeemed = await this.#redeem(ticket, request, application)
    if (!redeemed) return refused('used-or-ended')
    const { app, session } = redeemed
    const { host } = request.url
    const headers = [...ownAnswerHeaders, ...readableBy(ticket.from)]
    headers.push('Set-Cookie', this.#sessions.cookieFor(app, session, host))
    // Of two registrable domains: whether the browser takes the first one is for its settings to say.
    const isForeign = fieldValue(request.headers, 'sec-fetch-site') === 'cross-site'
    const partitioned = isForeign && this.#sessions.partitionedCookieFor(app, session, host)
    if (partitioned) headers.push('Set-Cookie', partitioned)
    return { status: 204, headers, body: '' }
  }

  // Only the browser that holds the session gets tickets for it.
  async #page(
    request: PageRequest,
    ticket: Ticket & { kind: 'page' },
    app: GuardedApplication | undefined,
  ): Promise<Answer> {
    if (!app) return redirectTo(ticket.target)
    const cookies = fieldValues(request.headers, 'cookie')
    const verdict = await this.#sessions.check(app, request.url.host, cookies)
    const same = 'session' in verdict && verdict.session.id === ticket.sessionId
    const siblings = siblingsOf(app, ticket.origin)
    if (!same || siblings.length === 0) return redirectTo(ticket.target)
    const { sessionId, origin: from, target } = ticket
    const tickets = siblings.map((origin) => {
      const sealed = this.#sealTicket({ kind: 'post', id: newId(), sessionId, origin, from })
      return [origin + handOverPath, sealed] as const
    })
    return handOverPage({ tickets, target, chainUrl: this.#chainUrl(sessionId, siblings, target) })
  }

  // Whatever is wrong with one link costs that host a sign-in of its own later, never the person's way to the target.
  async #link(
    request: PageRequest,
    ticket: ChainTicket,
    application: ApplicationLookup,
  ): Promise<Answer> {
    if (!mayFollowChain(request.headers)) return redirectTo(ticket.target)
    const redeemed = await this.#redeem(ticket, request, application)
    if (!redeemed) return redirectTo(ticket.target)
    const { rest, sessionId, target } = ticket
    const next = rest.length === 0 ? target : this.#chainUrl(sessionId, rest, target)
    return redirectTo(next, [
      this.#sessions.cookieFor(redeemed.app, redeemed.session, request.url.host),
    ])
  }

  // The session of this ticket; undefined when either is used up or over.
  async #redeem(
    ticket: ChainTicket | PostTicket,
    request: PageRequest,
    application: ApplicationLookup,
  ): Promise<{ readonly app: GuardedApplication; readonly session: Session } | undefined> {
    if (!this.#spent.spend(ticket.id, ticketLifetimeMs)) return undefined
    const session = await this.#sessions.find(ticket.sessionId)
    const app = session && application(session.applicationId)
    return app && { app: persistentAs(this.#gate, app, session, request), session }
  }

  #chainUrl(sessionId: string, hosts: readonly string[], target: string): string {
    const [origin, ...rest] = hosts.slice(0, chainMaxHosts) as [string, ...string[]]
    return this.#url(origin, { kind: 'chain', id: newId(), sessionId, origin, rest, target })
  }

  #url(origin: string, ticket: Ticket): string {
    return `${origin}${handOverPath}?to=${this.#sealTicket(ticket)}`
  }

  #sealTicket(ticket: Ticket): string {
    return this.#seal.seal(purpose, ticket, ticketLifetimeMs)
  }
}

// One origin per host name: cookies do not tell ports apart, so one visit serves them all (RFC 6265 §8.5).
function siblingsOf(app: GuardedApplication, landing: string): string[] {
  const byName = new Map<string, string>()
  for (const origin of app.origins) {
    const name = new URL(origin).hostname
    if (!byName.has(name)) byName.set(name, origin)
  }
  byName.delete(new URL(landing).hostname)
  const counts = new Map<string, number>()
  return [...byName]
    .filter(([name]) => count(counts, siteOf(name)) <= hostsPerSiteMax)
    .map(([, origin]) => origin)
}

function siteOf(hostname: string): string {
  return getDomain(hostname, { allowPrivateDomains: true }) ?? hostname
}

function count(counts: Map<string, number>, key: string): number {
  const next = (counts.get(key) ?? 0) + 1
  counts.set(key, next)
  return next
}

// A browser that tells must have come from a page of the same site. `none` is an address typed or a link from a mail: no
// chain of ours begins that way, but somebody else's session might be slipped in; no more does a link that is clicked in an
// application, where somebody else may have put it. Such a browser begins the chain by itself, on the page's refresh.
function mayFollowChain(headers: RawHeaders): boolean {
  if (fieldValue(headers, 'sec-fetch-user') === '?1') return false
  const site = fieldValue(headers, 'sec-fetch-site')
  return site === undefined || site === 'same-origin' || site === 'same-site'
}

function refused(because: string): Answer {
  return jsonAnswer(403, { code: 'hand-over-refused', because })
}

function newId(): string {
  return randomBytes(12).toString('base64url')
}
