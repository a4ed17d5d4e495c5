import { Fault } from '../../base/fault.ts'
import type { Log } from '../../base/log.ts'
import type { Answer, PageRequest } from '../../http/answer.ts'
import { fieldValue } from '../../http/headers.ts'
import { jsonAnswer } from '../answers.ts'
import type { Sessions } from '../session/sessions.ts'
import { embeddedProviderId } from '../signed-in.ts'
import { Turns } from '../turns.ts'
import { describeFailure } from './provider-failure.ts'
import type { RelyingParties } from './relying-parties.ts'

/** Providers post their logout tokens to this and their id. */
export const backChannelLogoutPrefix = '/.sallyport/back-channel-logout/'

/** Tokens that count once, for all processes of the edge. */
export interface SpentTokens {
  /** False when it was handed in before. `forgetAt` is epoch milliseconds. */
  spend(id: string, forgetAt: number): Promise<boolean>
}

// Each costs a signature check, and nobody had to sign in to ask for it.
const atOnce = 8
const waitingMax = 200

/** Ends sessions when their provider says so, without the browser (OpenID Connect Back-Channel Logout 1.0). [S9] */
export class BackChannelLogout {
  readonly #providers: RelyingParties
  readonly #sessions: Sessions
  readonly #spent: SpentTokens
  readonly #log: Log
  readonly #turns = new Turns(atOnce, waitingMax)

  constructor(options: {
    readonly providers: RelyingParties
    readonly sessions: Sessions
    readonly spentTokens: SpentTokens
    readonly log: Log
  }) {
    this.#providers = options.providers
    this.#sessions = options.sessions
    this.#spent = options.spentTokens
    this.#log = options.log
  }

  /** Answers a request below `backChannelLogoutPrefix`. Never rejects. */
  async receive(request: PageRequest): Promise<Answer> {
    const providerId = request.url.pathname.slice(backChannelLogoutPrefix.length)
    if (request.method !== 'POST') return refuse(405, 'POST a logout token')
    // The embedded provider tells without it.
    if (providerId === embeddedProviderId) return refuse(404, 'no such provider')
    try {
      const answer = await this.#turns.take(() => this.#end(providerId, tokenIn(request)))
      return answer ?? refuse(503, 'try again')
    } catch (thrown) {
      const unavailable = thrown instanceof Fault
      this.#log.warn({ providerId, cause: describeFailure(thrown) }, 'a logout could not be done')
      return unavailable ? refuse(503, 'try again') : refuse(400, 'the logout token is not good')
    }
  }

  async #end(providerId: string, token: string | undefined): Promise<Answer> {
    const provider = this.#providers.find(providerId)
    if (!provider) return refuse(404, 'no such provider')
    if (token === undefined) return refuse(400, 'one logout_token is needed')
    const claims = await provider.readLogoutToken(token)
    if ('refused' in claims) {
      this.#log.warn({ providerId, refused: claims.refused }, 'a logout token was refused')
      return refuse(400, `the logout token is not good: ${claims.refused}`)
    }
    const { about, tokenId, forgetAt } = claims
    if (!(await this.#spent.spend(`logout\n${providerId}\n${tokenId}`, forgetAt))) {
      return refuse(400, 'the logout token was used before')
    }
    const ended = await this.#sessions.end({ providerId, ...about })
    this.#log.info({ providerId, sessions: ended }, 'the provider signed somebody out')
    // §2.8: nobody may keep this answer for another one.
    return { status: 200, headers: ['Cache-Control', 'no-store'], body: '' }
  }
}

function tokenIn({ headers, body }: PageRequest): string | undefined {
  const type = fieldValue(headers, 'content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) return undefined
  const tokens = new URLSearchParams(body).getAll('logout_token')
  return tokens.length === 1 ? tokens[0] : undefined
}

// §2.8, in the form of RFC 6749 §5.2.
function refuse(status: number, sentence: string): Answer {
  const allow = status === 405 ? ['Allow', 'POST'] : []
  const error = status === 503 ? 'temporarily_unavailable' : 'invalid_request'
  return jsonAnswer(status, { error, error_description: sentence }, allow)
}
