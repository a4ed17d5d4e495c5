import type { Clock } from '../../base/clock.ts'
import type { Answer, PageRequest } from '../../http/answer.ts'
import { fieldValues } from '../../http/headers.ts'
import type { AccessGate } from '../access-gate.ts'
import { jsonAnswer, oneParameter, redirectTo } from '../answers.ts'
import type { GuardedApplication } from '../guarded.ts'
import type { Sessions, Verdict } from '../session/sessions.ts'
import { formEndPage } from './kept-form-pages.ts'
import { requestedLandingPath } from './landing.ts'
import { cookiesNeededPage, unknownSignInPage } from './pages.ts'
import { sessionScripts } from './session-script.ts'
import { formEndPath, popupEnd, popupEndPath, popupUrl, signInPath } from './sign-in-urls.ts'
import type { Step, Steps } from './step.ts'
import { popupEndPage } from './way-back-pages.ts'

export const sessionPath = '/.sallyport/session'

/** What a sign-in that a page asked for ends with; `elsewhere`: it begins at another host of the application. */
type End = { readonly path: string; readonly fragment?: '' } | { readonly elsewhere: string }

// A host name has 253 characters at most (RFC 1035 §2.3.4); a scheme and a port come on top.
const originMaxLength = 270

const scriptSteps: Steps = [...sessionScripts].map(([path, script]) => {
  const give: Step = async () => script
  return [path, { GET: give, HEAD: give }]
})

/** How a page gets its session back without being lost. [S5] */
export class WayBack {
  /** What lies below `/.sallyport/` for it. */
  readonly steps: Steps
  readonly #sessions: Sessions
  readonly #clock: Clock
  readonly #gate: AccessGate | undefined
  readonly #belongs: (app: GuardedApplication, origin: string) => boolean

  constructor(options: {
    readonly sessions: Sessions
    readonly clock: Clock
    readonly gate?: AccessGate | undefined
    readonly belongs?: (app: GuardedApplication, origin: string) => boolean
  }) {
    this.#sessions = options.sessions
    this.#clock = options.clock
    this.#gate = options.gate
    this.#belongs = options.belongs ?? ((app, origin) => app.origins.includes(origin))
    const describe: Step = (app, request) => this.#describeSession(app, request)
    this.steps = [
      ...scriptSteps,
      [sessionPath, { GET: describe, HEAD: describe }],
      [popupEndPath, { GET: (app, request) => this.#endPopup(app, request) }],
      [formEndPath, { GET: async () => formEndPage() }],
    ]
  }

  /**
   * What a link to `/.sallyport/sign-in` asks for: `return`, a path here; or `popup`, the origin of the page that waits,
   * and `at`, the host to sign in at. undefined when it names a host that is not the application's.
   */
  endOf(app: GuardedApplication, url: URL): End | undefined {
    const { searchParams } = url
    if (searchParams.has('form')) return { path: formEndPath, fragment: '' }
    const opener = searchParams.get('popup')
    if (opener === null) {
      return { path: requestedLandingPath(url.origin, searchParams.get('return') ?? undefined) }
    }
    if (opener.length > originMaxLength) return undefined
    const host = searchParams.get('at') ?? url.origin
    if (host === url.origin) return { path: popupEnd(opener), fragment: '' }
    if (!this.#belongs(app, host)) return undefined
    return { elsewhere: `${host}${signInPath}?popup=${encodeURIComponent(opener)}` }
  }

  // The end of a sign-in in a window of its own, on the host of the page that waits if that is the application's.
  async #endPopup(app: GuardedApplication, request: PageRequest): Promise<Answer> {
    const { url } = request
    const opener = oneParameter(url, 'popup')
    if (opener === 'several' || opener.value === undefined) return unknownSignInPage()
    const { value: origin } = opener
    if (origin !== url.origin && this.#belongs(app, origin)) {
      return redirectTo(origin + popupEnd(origin))
    }
    const verdict = await this.#check(app, request)
    // A redirect would go round for ever in a browser that loses the cookie.
    return 'session' in verdict ? popupEndPage() : cookiesNeededPage(popupUrl(url.origin))
  }

  // Is somebody signed in, who, and for how long still? Never a redirect, and asking keeps no session alive.
  async #describeSession(app: GuardedApplication, request: PageRequest): Promise<Answer> {
    const verdict = await this.#check(app, request)
    // To sign in again would be of no use, and is not needed once the provider answers. [N3]
    if ('refused' in verdict && verdict.refused === 'unverified') {
      return jsonAnswer(503, { because: verdict.refused }, ['Retry-After', '5'])
    }
    if ('refused' in verdict) {
      const signInUrl = request.url.origin + signInPath
      return jsonAnswer(401, { signedIn: false, because: verdict.refused, signInUrl })
    }
    const { session } = verdict
    const entry = this.#gate?.judgeSession(app, session, request)
    if (entry?.allowed === false) {
      const signInUrl = request.url.origin + signInPath
      return jsonAnswer(401, { signedIn: false, because: entry.because.code, signInUrl })
    }
    const endsAt = this.#sessions.endsAt(session)
    return jsonAnswer(200, {
      signedIn: true,
      user: {
        id: session.personId,
        userPrincipalName: session.userPrincipalName,
        displayName: session.displayName,
      },
      expiresAt: new Date(endsAt).toISOString(),
      secondsRemaining: Math.floor((endsAt - this.#clock()) / 1000),
    })
  }

  async #check(app: GuardedApplication, { url, headers }: PageRequest): Promise<Verdict> {
    return this.#sessions.ask(app, url.host, fieldValues(headers, 'cookie'))
  }
}
