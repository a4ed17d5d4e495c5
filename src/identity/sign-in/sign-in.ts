import type { Clock } from '../../base/clock.ts'
import { Fault } from '../../base/fault.ts'
import type { Log } from '../../base/log.ts'
import type { Answer, PageRequest } from '../../http/answer.ts'
import type { RawHeaders } from '../../http/headers.ts'
import type { AccessGate, Demand } from '../access-gate.ts'
import { redirectTo, saysNavigate, withCookies } from '../answers.ts'
import type { ApplicationLookup, GuardedApplication } from '../guarded.ts'
import type { PeopleStore } from '../person.ts'
import type { Arrivals } from '../relying-party/arrival.ts'
import { describeFailure } from '../relying-party/provider-failure.ts'
import { callbackPath, type RelyingParties } from '../relying-party/relying-parties.ts'
import type { ProviderFlow, RelyingParty } from '../relying-party/relying-party.ts'
import type { Opened, Seal } from '../seal.ts'
import type { Sessions } from '../session/sessions.ts'
import type { SignInResult } from '../sign-in-log.ts'
import type { SignedIn } from '../signed-in.ts'
import {
  bindCookie,
  boundSecret,
  derive,
  expiredBindCookie,
  type FlowState,
  flowLifetimeMs,
  newBinding,
  surplusBindCookies,
} from './flow.ts'
import { HandOver, handOverPath } from './hand-over.ts'
import { KeptForms } from './kept-form.ts'
import { expiredLandedCookie, keepsComingBack, landedCookie } from './landed.ts'
import { landingFragment, landingPath, landingUrl } from './landing.ts'
import {
  cookiesNeededPage,
  fragmentPage,
  methodNotAllowed,
  noAccountPage,
  problemPage,
  providerUnavailablePage,
  refusedByProviderPage,
  retryPage,
  signedOutPage,
  unknownSignInPage,
} from './pages.ts'
import { providerChoicePage, untrustedAnswerPage } from './provider-pages.ts'
import { afterRefusal, persistentAs, presentSession } from './refused-sign-in.ts'
import type { SignInJournal } from './sign-in-journal.ts'
import { hasRepeats, signInPath } from './sign-in-urls.ts'
import { SignOut, signedOutPath } from './sign-out.ts'
import { SpentTickets } from './spent-tickets.ts'
import type { Step } from './step.ts'
import { WayBack } from './way-back.ts'
import { findWhoSignedIn } from './who-signed-in.ts'

const signOutPath = '/.sallyport/sign-out'

const statePurpose = 'sign-in/1'
// One more try when the cookie of the first was lost or its code was used; then the person decides.
const maxAttempts = 2

export interface SignInOptions {
  readonly providers: RelyingParties
  /** Origin of the one login host, e.g. `https://login.contoso.net`. */
  readonly loginOrigin: string
  readonly seal: Seal
  readonly sessions: Sessions
  readonly people: PeopleStore
  /** Told of every sign-in that ends here, well or not. */
  readonly journal?: SignInJournal | undefined
  /** What policies say; without it everybody enters who signs in. */
  readonly gate?: AccessGate | undefined
  readonly arrivals: Arrivals
  /** Where people find their applications, for whoever has signed out. */
  readonly homeUrl?: string
  /** Of a session whose application has no setting of its own. */
  readonly lifetimeSeconds: number
  readonly clock: Clock
  readonly log: Log
  /** Is this exact origin served by this edge now? The relay sends browsers nowhere else. */
  readonly knownOrigin: (origin: string) => boolean
  /** Needed where several applications share a host; without it only the one given to `handle` counts. */
  readonly application?: ApplicationLookup
  /** Does this exact origin lead to the application? Needed for wildcard applications, whose origins have no list. */
  readonly belongs?: (app: GuardedApplication, origin: string) => boolean
  /** Resolves when decisions are made by all that was written so far; somebody may have been put into groups. */
  readonly settled?: () => Promise<void>
  /** Shared with the other processes of this edge, if there are any. */
  readonly spentTickets?: SpentTickets | undefined
}

/** One sign-in for all hosts: everything below `/.sallyport/` on application hosts, and the relay on the login host. */
export class SignIn {
  /** Forms that wait for a sign-in. */
  readonly keptForms: KeptForms
  readonly #options: SignInOptions
  readonly #handOver: HandOver
  readonly #wayBack: WayBack
  /** Path → method → what is done. HEAD is refused where it is not safe to do it without the answer being read. */
  readonly #steps: ReadonlyMap<string, Readonly<Record<string, Step>>>

  constructor(options: SignInOptions) {
    this.#options = options
    const spentTickets = options.spentTickets ?? new SpentTickets(options.clock)
    this.keptForms = new KeptForms({ seal: options.seal, spentTickets })
    this.#handOver = new HandOver({ ...options, spentTickets })
    const signOut = new SignOut(options)
    this.#wayBack = new WayBack(options)
    this.#steps = new Map<string, Readonly<Record<string, Step>>>([
      [signInPath, { GET: (app, request) => this.#signIn(app, request) }],
      [callbackPath, { GET: (app, request) => this.#callback(app, request) }],
      [
        handOverPath,
        {
          GET: (app, request) => this.#handOver.visit(request, this.#lookup(app)),
          POST: (app, request) => this.#handOver.receive(request, this.#lookup(app)),
        },
      ],
      [
        signOutPath,
        {
          GET: (app, request) => signOut.visit(app, request),
          POST: (app, request) => signOut.confirm(app, request),
        },
      ],
      ...this.#wayBack.steps,
    ])
  }

  /** The answer to a navigation that has no session, or none that meets `demand`: the way to the provider and back. [S1] */
  begin(
    app: GuardedApplication,
    request: { readonly url: URL; readonly headers: RawHeaders },
    demand?: Demand,
  ): Answer {
    const { url, headers } = request
    const path = landingPath(url)
    if (keepsComingBack(url, headers)) {
      const page = cookiesNeededPage(url.origin + path)
      return withCookies(page, [expiredLandedCookie(url)])
    }
    const fragment = saysNavigate(headers) ? undefined : ''
    return this.#start(app, request, { path, fragment, attempt: 1, demand })
  }

  /**
   * Answers any request below `/.sallyport/` on a host of `app`. Throws the store's faults; a provider that is down is
   * a page.
   */
  async handle(app: GuardedApplication, request: PageRequest): Promise<Answer> {
    const methods = this.#steps.get(request.url.pathname)
    if (!methods) {
      return problemPage(404, 'Nothing here', 'There is no such page.')
    }
    const step = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined
    return step ? step(app, request) : methodNotAllowed(Object.keys(methods))
  }

  /** `/.sallyport/*` on the login host: sends the provider's answer on to the host the person came from. Keeps nothing. */
  relay(request: PageRequest): Answer {
    const { url } = request
    const isCallback = url.pathname === callbackPath || url.pathname.startsWith(`${callbackPath}/`)
    if (!isCallback && url.pathname !== signedOutPath) {
      return problemPage(404, 'Nothing here', 'There is no such page.')
    }
    if (request.method !== 'GET') return methodNotAllowed(['GET'])
    if (url.pathname === signedOutPath) return signedOutPage(this.#options.homeUrl)
    const opened = this.#openState(url)
    if (opened.kind === 'forged' || !this.#options.knownOrigin(opened.value.origin)) {
      return unknownSignInPage()
    }
    const { origin, providerId = '' } = opened.value
    const party = this.#options.providers.find(providerId)
    if (opened.kind === 'expired' || !party) return retryPage(targetOf(opened.value))
    // Another provider's answer: a mix-up, which must not reach the token endpoint of this one (RFC 9700 §4.4.2.2).
    if (party.redirectUri !== url.origin + url.pathname) return unknownSignInPage()
    return redirectTo(origin + callbackPath + url.search)
  }

  #lookup(app: GuardedApplication): ApplicationLookup {
    return (id) => (id === app.id ? app : this.#options.application?.(id))
  }

  #start(
    app: GuardedApplication,
    request: { readonly url: URL; readonly headers: RawHeaders },
    wish: Pick<FlowState, 'path' | 'fragment' | 'attempt' | 'providerId' | 'demand'>,
  ): Answer {
    const { url, headers } = request
    const { id, secret, bindHash } = newBinding()
    const { path, fragment, attempt, providerId, demand } = wish
    const flow = { id, origin: url.origin, path, applicationId: app.id, bindHash, attempt }
    const state = this.#seal({ ...flow, fragment, providerId, demand })
    const cookies = [...surplusBindCookies(url, headers), bindCookie(url, id, secret)]
    return redirectTo(`${url.origin}${signInPath}?state=${state}`, cookies)
  }

  // The page that learns the fragment, then on to the provider. Without a state: somebody pressed a sign-in link.
  async #signIn(app: GuardedApplication, request: PageRequest): Promise<Answer> {
    const { url, headers } = request
    if (hasRepeats(url)) return unknownSignInPage()
    const sealed = url.searchParams.get('state')
    if (sealed === null) return this.#signInByLink(app, request)
    const read = this.#readState(app, url)
    if ('status' in read) return read
    const told = read.state.fragment ?? url.searchParams.get('fragment')
    const state = told === null ? read.state : { ...read.state, fragment: landingFragment(told) }
    const secret = boundSecret(url, headers, state)
    if (secret === undefined) return this.#recover(read.app, request, state, cookiesNeededPage)
    if (told === null && saysNavigate(headers)) {
      return fragmentPage(`${signInPath}?state=${sealed}&fragment=`)
    }
    const chosen = url.searchParams.get('provider') ?? state.providerId ?? app.identityProviderId
    const [first, ...others] = this.#options.providers.offered(chosen)
    if (!first || others.length > 0) return this.#askForProvider(state)
    return this.#toProvider({ ...state, providerId: first.id }, secret)
  }

  #askForProvider(state: FlowState): Answer {
    const offered = this.#options.providers.offered(undefined)
    const url = `${signInPath}?state=${this.#seal(state)}&provider=`
    return providerChoicePage(offered, (id) => url + encodeURIComponent(id))
  }

  async #signInByLink(app: GuardedApplication, request: PageRequest): Promise<Answer> {
    const { url, headers } = request
    const end = this.#wayBack.endOf(app, url)
    if (end === undefined) return unknownSignInPage()
    if ('elsewhere' in end) return redirectTo(end.elsewhere)
    const { path } = end
    const { session, demand } = await presentSession(this.#options, app, request)
    if (session) return redirectTo(landingUrl(url.origin, path, ''))
    const fragment = end.fragment ?? (saysNavigate(headers) ? undefined : '')
    const providerId = url.searchParams.get('provider') ?? undefined
    return this.#start(app, request, { path, fragment, attempt: 1, providerId, demand })
  }

  async #toProvider(state: FlowState, secret: string): Promise<Answer> {
    const party = this.#partyOf(state)
    if (!party) return retryPage(targetOf(state))
    try {
      const flow = providerFlow(state, this.#seal(state), secret)
      const url = await party.authorizationUrl(flow, state.demand)
      return redirectTo(url.href)
    } catch (thrown) {
      return this.#answerOutage(thrown, targetOf(state))
    }
  }

  // The provider's answer, on the host the person came from. [S1]
  async #callback(app: GuardedApplication, request: PageRequest): Promise<Answer> {
    const { url, headers } = request
    if (hasRepeats(url)) return unknownSignInPage()
    const read = this.#readState(app, url)
    if ('status' in read) return read
    const { state } = read
    const secret = boundSecret(url, headers, state)
    if (secret === undefined) return this.#recover(read.app, request, state, cookiesNeededPage)
    const over = [expiredBindCookie(url, state.id)]
    const party = this.#partyOf(state)
    if (!party) return withCookies(retryPage(targetOf(state)), over)
    const error = url.searchParams.get('error')
    const tell = (result: SignInResult) =>
      this.#options.journal?.arrived(result, read.app, request, { providerId: party.settings.id })
    if (error !== null) {
      tell(outages.has(error) ? 'provider-unavailable' : 'refused-by-provider')
      return withCookies(this.#answerError(error, state), over)
    }
    try {
      const sealed = url.searchParams.get('state') as string // read just above
      const exchanged = await party.exchange(url.search, providerFlow(state, sealed, secret))
      if (!('refused' in exchanged)) return await this.#enter(read.app, request, state, exchanged)
      const { refused, cause } = exchanged
      this.#options.log.warn({ refused, cause: describeFailure(cause) }, 'sign-in answer refused')
      tell(refused === 'stale-code' ? 'stale-answer' : 'untrusted-answer')
      if (refused === 'stale-code') return this.#recover(read.app, request, state, retryPage)
      return withCookies(untrustedAnswerPage(targetOf(state)), over)
    } catch (thrown) {
      tell('provider-unavailable')
      return this.#answerOutage(thrown, targetOf(state))
    }
  }

  #partyOf({ providerId = '' }: FlowState): RelyingParty | undefined {
    return this.#options.providers.find(providerId)
  }

  // A new session under a new id, whatever the browser held before.
  async #enter(
    app: GuardedApplication,
    request: PageRequest,
    state: FlowState,
    signedIn: SignedIn,
  ): Promise<Answer> {
    const { sessions, lifetimeSeconds, log, journal } = this.#options
    const { url, headers } = request
    const person = await findWhoSignedIn(this.#options, signedIn)
    const over = expiredBindCookie(url, state.id)
    if (!person?.enabled) {
      const { subject, providerId } = signedIn
      const facts = { subject, providerId, applicationId: app.id }
      log.warn(facts, 'sign-in of an unknown or disabled person')
      journal?.arrived(person ? 'disabled' : 'no-account', app, request, { person, signedIn })
      return withCookies(noAccountPage(), [over])
    }
    const verdict = this.#options.gate?.judgeSignIn(app, person.id, signedIn, request)
    if (verdict?.allowed === false) {
      const { code, policy } = verdict.because
      const facts = { personId: person.id, applicationId: app.id, code }
      log.info({ ...facts, policy: policy.displayName }, 'refused by a policy')
      journal?.arrived(code, app, request, { person, signedIn })
      const next = afterRefusal(verdict.because, state.demand, targetOf(state), request.id)
      const answer = 'status' in next ? next : this.#start(app, request, { ...state, demand: next })
      return withCookies(answer, [over])
    }
    const session = await sessions.create({
      person,
      applicationId: app.id,
      signedIn,
      lifetimeSeconds: app.sessionLifetimeSeconds ?? lifetimeSeconds,
    })
    log.info({ personId: person.id, applicationId: app.id, host: url.host }, 'signed in')
    journal?.arrived('signed-in', app, request, { person, signedIn })
    const target = targetOf(state)
    const landing = { origin: url.origin, target, scripted: saysNavigate(headers) }
    const kept = persistentAs(this.#options.gate, app, session, request)
    const cookies = [sessions.cookieFor(kept, session, url.host), over, landedCookie(url, headers)]
    return redirectTo(this.#handOver.entrance(app, session, landing), cookies)
  }

  // A second tab, the back button, a lost cookie: whoever is signed in goes on, others get one more try. [S7]
  async #recover(
    app: GuardedApplication,
    request: PageRequest,
    state: FlowState,
    giveUp: (url: string) => Answer,
  ): Promise<Answer> {
    const present = await presentSession(this.#options, app, request)
    if (present.session) return redirectTo(targetOf(state))
    if (state.attempt >= maxAttempts) return giveUp(targetOf(state))
    const demand = present.demand ?? state.demand
    return this.#start(app, request, { ...state, demand, attempt: state.attempt + 1 })
  }

  #seal(state: FlowState): string {
    return this.#options.seal.seal(statePurpose, state, flowLifetimeMs)
  }

  #openState(url: URL): Opened<FlowState> {
    const sealed = url.searchParams.get('state')
    if (sealed === null || hasRepeats(url)) return { kind: 'forged' }
    return this.#options.seal.open<FlowState>(statePurpose, sealed)
  }

  // The state when it was made for this very host and an application that still stands there, else the page to show.
  #readState(
    app: GuardedApplication,
    url: URL,
  ): { readonly state: FlowState; readonly app: GuardedApplication } | Answer {
    const opened = this.#openState(url)
    if (opened.kind === 'forged' || opened.value.origin !== url.origin) return unknownSignInPage()
    const meant = this.#lookup(app)(opened.value.applicationId)
    if (!meant) return unknownSignInPage()
    if (opened.kind === 'expired') return retryPage(targetOf(opened.value))
    return { state: opened.value, app: meant }
  }

  #answerError(error: string, state: FlowState): Answer {
    this.#options.log.warn({ error: errorCode(error) }, 'the provider refused a sign-in')
    if (outages.has(error)) return providerUnavailablePage(targetOf(state))
    return refusedByProviderPage(errorCode(error), targetOf(state))
  }

  #answerOutage(thrown: unknown, target: string): Answer {
    if (!(thrown instanceof Fault) || thrown.code !== 'provider-unavailable') throw thrown
    const { message } = thrown
    this.#options.log.warn(
      { message, cause: describeFailure(thrown.cause) },
      'the provider is out of reach',
    )
    return providerUnavailablePage(target)
  }
}

const outages: ReadonlySet<string> = new Set(['server_error', 'temporarily_unavailable'])

// RFC 6749 §4.1.2.1 allows more, but every registered code looks like this.
function errorCode(error: string): string {
  return /^[a-z_]{1,40}$/.test(error) ? error : 'unknown reason'
}

function providerFlow(state: FlowState, sealed: string, secret: string): ProviderFlow {
  const nonce = derive(secret, 'nonce', state.id)
  return { state: sealed, nonce, verifier: derive(secret, 'pkce', state.id) }
}

function targetOf(state: FlowState): string {
  return landingUrl(state.origin, state.path, state.fragment ?? '')
}
