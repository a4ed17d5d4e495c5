import './lts-flag.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import { errors } from 'oidc-provider'
import type { Log } from '../base/log.ts'
import type { Answer } from '../http/answer.ts'
import { redirectTo } from './answers.ts'
import type { Attempts } from './attempts.ts'
import { authenticationMethods, contextOf } from './authentication-context.ts'
import { loginExpiredPage, loginPage, providerPage } from './login-pages.ts'
import { verifyPassword } from './password.ts'
import type { PeopleStore, Person } from './person.ts'

/** The path of a login form is this and the interaction's id. */
export const interactionPathPrefix = '/interaction/'

// User name and password, percent-encoded three times over: 1,024 bytes of password are allowed.
const formMaxBytes = 8 * 1024
// Each takes 19 MiB and 45 ms of a core; more at once would only wait for one another.
const maxChecksAtOnce = 16

export interface InteractionsOptions {
  readonly provider: Provider
  readonly issuer: string
  readonly people: PeopleStore
  readonly attempts: Attempts
  readonly addressOf: (request: IncomingMessage) => string
  readonly log: Log
}

/** The login form of the embedded provider. The interaction's cookie and the same-origin check keep others out. [S11] */
export class Interactions {
  readonly #options: InteractionsOptions
  #checks = 0

  constructor(options: InteractionsOptions) {
    this.#options = options
  }

  /** Answers a request below `/interaction/`. Never throws what a client can cause. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const answer = await this.#answer(request, response)
      if (answer) send(response, answer)
    } catch (thrown) {
      if (!(thrown instanceof errors.SessionNotFound)) throw thrown
      send(response, loginExpiredPage())
    }
  }

  // undefined: the provider has answered.
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    if (request.method === 'GET') return this.#show(request, response)
    if (request.method === 'POST') return this.#submit(request, response)
    return providerPage(405, 'Not like this', 'This page cannot be used that way.')
  }

  async #show(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    const { provider } = this.#options
    const { prompt, params } = await provider.interactionDetails(request, response)
    if (await this.#signedInMeanwhile(request, response, prompt.reasons))
      return this.#askAnew(params)
    const hint = params['login_hint']
    return loginPage(200, { userName: typeof hint === 'string' ? hint : '', problem: undefined })
  }

  // Several tabs came here before anybody was signed in; the first one has done it for all. Gives the account. [S7]
  async #signedInMeanwhile(
    request: IncomingMessage,
    response: ServerResponse,
    reasons: readonly string[],
  ): Promise<string | undefined> {
    if (reasons.length !== 1 || reasons[0] !== 'no_session') return undefined
    const { provider, people } = this.#options
    const context = provider.createContext(request, response)
    const { accountId } = await provider.Session.get(
      context as Parameters<typeof provider.Session.get>[0],
    )
    if (accountId === undefined) return undefined
    return (await people.byId(accountId))?.enabled ? accountId : undefined
  }

  // Finishing the interaction would give the provider's session a new id, and tabs that are just asking would lose it.
  #askAnew(params: Readonly<Record<string, unknown>>): Answer {
    const url = new URL(this.#options.provider.urlFor('authorization'))
    for (const [name, value] of Object.entries(params)) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    return redirectTo(url.href)
  }

  async #submit(request: IncomingMessage, response: ServerResponse): Promise<Answer | undefined> {
    const { provider, issuer, log } = this.#options
    const { prompt, params } = await provider.interactionDetails(request, response)
    if (!isOwnForm(request, new URL(issuer).origin)) {
      return providerPage(403, 'Not from here', 'The form was sent by another site.')
    }
    const form = await readForm(request)
    if (!form) return loginPage(400, { userName: '', problem: 'The form could not be read.' })
    const userName = (form.get('username') ?? '').trim()
    const checked = await this.#check(userName, form.get('password') ?? '', request)
    if ('status' in checked) return checked
    const { person } = checked
    if (!person.enabled) {
      return providerPage(
        403,
        'You cannot sign in',
        'This account is disabled. Ask your administrator.',
      )
    }
    log.info({ personId: person.id }, 'password accepted')
    const signedIn = await this.#signedInMeanwhile(request, response, prompt.reasons)
    if (signedIn === person.id) return this.#askAnew(params)
    // Not remembered: the provider's cookie ends with the browser.
    const amr = [authenticationMethods.password]
    const login = { accountId: person.id, remember: false, amr, acr: contextOf(amr) }
    await provider.interactionFinished(
      request,
      response,
      { login },
      { mergeWithLastSubmission: false },
    )
    return undefined
  }

  // The person, or the form again. Whether the name or the password was wrong shows neither in words nor in time.
  async #check(
    userName: string,
    password: string,
    request: IncomingMessage,
  ): Promise<{ readonly person: Person } | Answer> {
    if (this.#checks >= maxChecksAtOnce) {
      return loginPage(
        429,
        { userName, problem: 'Too much is going on. Try again in a moment.' },
        2,
      )
    }
    this.#checks++
    try {
      return await this.#checkCounted(userName, password, this.#options.addressOf(request))
    } finally {
      this.#checks--
    }
  }

  async #checkCounted(
    userName: string,
    password: string,
    address: string,
  ): Promise<{ readonly person: Person } | Answer> {
    const { attempts, people, log } = this.#options
    const verdict = await attempts.begin(userName, address)
    if (!verdict.allowed) {
      log.warn({ address }, 'too many failed sign-ins')
      const problem = 'Too many failed attempts. Wait a few minutes, then try again.'
      return loginPage(429, { userName, problem }, verdict.retryAfterSeconds)
    }
    const person = await people.byUserPrincipalName(userName)
    const verifier = await people.passwordOf(person?.id ?? '')
    const right = await verifyPassword(person ? verifier : undefined, password)
    if (right && person) {
      await attempts.succeed(userName, address)
      return { person }
    }
    log.info({ address }, 'password refused')
    return loginPage(422, { userName, problem: 'The user name or the password is wrong.' })
  }
}

// Our pages send no referrer, so browsers write `Origin: null` on their forms; Fetch Metadata tells for certain.
function isOwnForm(request: IncomingMessage, ownOrigin: string): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin } = request.headers
  return origin === undefined || origin === 'null' || origin === ownOrigin
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) return undefined
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > formMaxBytes) return undefined
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}

/** Writes a whole answer to a Node response; fields of one name all stay. */
export function send(response: ServerResponse, answer: Answer): void {
  response.statusCode = answer.status
  for (let i = 0; i < answer.headers.length; i += 2) {
    response.appendHeader(answer.headers[i] as string, answer.headers[i + 1] as string)
  }
  response.end(answer.body)
}
