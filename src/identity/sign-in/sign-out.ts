import type { Answer, PageRequest } from '../../http/answer.ts'
import { fieldValue, fieldValues } from '../../http/headers.ts'
import { redirectTo } from '../answers.ts'
import type { GuardedApplication } from '../guarded.ts'
import type { RelyingParties } from '../relying-party/relying-parties.ts'
import type { Seal } from '../seal.ts'
import type { Sessions } from '../session/sessions.ts'
import type { Revocation, Session } from '../session.ts'
import { expiredLandedCookie } from './landed.ts'
import { confirmSignOutPage, signedOutPage } from './pages.ts'

/** Where the provider sends the browser after it has ended its own session. */
export const signedOutPath = '/.sallyport/signed-out'

interface Proof {
  readonly sessionId: string
}

const purpose = 'sign-out/1'
// How long the question "Sign out?" may stand open.
const proofLifetimeMs = 10 * 60 * 1000

/** Ends the person's sign-in everywhere: all sessions that came from it, and the provider's own. [S9] */
export class SignOut {
  readonly #providers: RelyingParties
  readonly #seal: Seal
  readonly #sessions: Sessions
  readonly #loginOrigin: string
  readonly #homeUrl: string | undefined

  constructor(options: {
    readonly providers: RelyingParties
    readonly seal: Seal
    readonly sessions: Sessions
    readonly loginOrigin: string
    readonly homeUrl?: string
  }) {
    this.#providers = options.providers
    this.#seal = options.seal
    this.#sessions = options.sessions
    this.#loginOrigin = options.loginOrigin
    this.#homeUrl = options.homeUrl
  }

  /** GET: at once when the click was on our own site, else a page that asks. */
  async visit(app: GuardedApplication, request: PageRequest): Promise<Answer> {
    const session = await this.#sessionOf(app, request)
    if (session && !isOwnClick(app, fieldValue(request.headers, 'sec-fetch-site'))) {
      const proof: Proof = { sessionId: session.id }
      return confirmSignOutPage(this.#seal.seal(purpose, proof, proofLifetimeMs))
    }
    return this.#end(app, request, session)
  }

  /** POST from the page that asked; its proof is worth something to this session only. */
  async confirm(app: GuardedApplication, request: PageRequest): Promise<Answer> {
    const session = await this.#sessionOf(app, request)
    if (!session) return this.#end(app, request, session)
    const proof = new URLSearchParams(request.body).get('proof') ?? ''
    const opened = this.#seal.open<Proof>(purpose, proof)
    if (opened.kind === 'valid' && opened.value.sessionId === session.id) {
      return this.#end(app, request, session)
    }
    return confirmSignOutPage(this.#seal.seal(purpose, { sessionId: session.id }, proofLifetimeMs))
  }

  async #end(
    app: GuardedApplication,
    request: PageRequest,
    session: Session | undefined,
  ): Promise<Answer> {
    const tokens = session && (await this.#sessions.tokensOf(session.id))
    if (session) await this.#sessions.end(everythingOf(session))
    const cookies = [this.#sessions.clearing(app), expiredLandedCookie(request.url)]
    // Without a session there is nobody to sign out but at the one provider that everybody comes from.
    const [only, ...others] = this.#providers.offered(session?.providerId)
    const party = only && others.length === 0 ? this.#providers.find(only.id) : undefined
    const url = await party?.endSessionUrl(tokens?.idToken, this.#loginOrigin + signedOutPath)
    if (url) return redirectTo(url.href, cookies)
    return signedOutPage(
      this.#homeUrl,
      cookies.flatMap((cookie) => ['Set-Cookie', cookie]),
    )
  }

  // One that the provider cannot vouch for now would be good again once it answers: it has to end as well.
  #sessionOf(app: GuardedApplication, { url, headers }: PageRequest): Promise<Session | undefined> {
    return this.#sessions.shown(app, url.host, fieldValues(headers, 'cookie'))
  }
}

// Without the provider's `sid` nothing ties one sign-in together, and leaving a session open is the worse mistake.
function everythingOf(session: Session): Revocation {
  const { personId, providerId, providerSessionId } = session
  return providerSessionId === undefined ? { personId } : { providerId, providerSessionId }
}

// ASVS 3.5: no state change by a GET that another site can cause. A browser without Fetch Metadata does not tell; it sends
// a Lax cookie from another site only when the person follows a link there, but one that is None with any image.
function isOwnClick(app: GuardedApplication, site: string | undefined): boolean {
  if (site === undefined) return app.cookie.sameSite === 'Lax'
  return site === 'same-origin' || site === 'same-site' || site === 'none'
}
