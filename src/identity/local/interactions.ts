import '../lts-flag.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import { errors } from 'oidc-provider'
import type { Answer } from '../../http/answer.ts'
import { redirectTo } from '../answers.ts'
import { contextOf, reachesContext } from '../authentication-context.ts'
import type { Person } from '../person.ts'
import { accountApplication, accountClientId } from './account.ts'
import { showEnrol, submitNewApp, submitNewPasskey } from './enrol-step.ts'
import { showFirst, submitFirstPasskey, submitPassword } from './first-step.ts'
import { isOwnForm, readForm } from './forms.ts'
import { rememberBrowser } from './known-browser.ts'
import { loginExpiredPage, providerPage } from './login-pages.ts'
import { contextsAsked, contextsDemanded, reasonMoreFactors } from './login-policy.ts'
import { showNewPassword, submitNewPassword } from './new-password-step.ts'
import { nextStep, type Step } from './next-step.ts'
import { challengeFor } from './passkeys.ts'
import {
  forgetProgress,
  loadProgress,
  noProgress,
  type Progress,
  saveProgress,
} from './progress.ts'
import { type ProviderSession, providerSession } from './provider-session.ts'
import { showSecond, submitCode, submitSecondPasskey } from './second-step.ts'
import type { SignInEvent, SignInReason } from './sign-in-event.ts'
import type { LocalParts, PersonTurn, StepOutcome, Turn } from './turn.ts'

/** The path of a login form is this and the interaction's id. */
export const interactionPathPrefix = '/interaction/'

// Who sets up a second factor has proven the first one just now, not in a session that somebody left open.
const enrolMaxAgeSeconds = 10 * 60

export interface InteractionsOptions extends LocalParts {
  readonly provider: Provider
  readonly issuer: string
  /** The edge's own, of which there is nothing to tell here. */
  readonly ownClientId: string
}

/** One sign-in that the provider has asked for: whose form it is, and how far it has come. */
interface SignInTurn extends Turn {
  readonly id: string
  readonly response: ServerResponse
  readonly params: Readonly<Record<string, unknown>>
  readonly reasons: readonly string[]
  readonly application: SignInEvent['application']
  readonly asked: readonly string[]
}

type Advance = Answer | undefined

/**
 * The sign-in at the embedded provider, step by step until what was asked for is proven. The interaction's cookie and the
 * same-origin check keep others out. [S11]
 */
export class Interactions {
  readonly #options: InteractionsOptions

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
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<Advance> {
    if (request.method !== 'GET' && request.method !== 'POST') {
      return providerPage(405, 'Not like this', 'This page cannot be used that way.')
    }
    const { provider, issuer } = this.#options
    const { uid, prompt, params } = await provider.interactionDetails(request, response)
    const session = await providerSession(provider, request, response)
    const { login_hint: hint } = params
    const progress = await this.#progressOf(uid, prompt.reasons, session)
    const turn: SignInTurn = {
      ...{ id: uid, request, response, params, progress, reasons: prompt.reasons },
      application: await this.#applicationOf(String(params['client_id'] ?? '')),
      asked: [...contextsAsked(params), ...contextsDemanded(prompt.details)],
      challenge: challengeFor(this.#options.vault, uid),
      hint: typeof hint === 'string' ? hint : '',
    }
    if (request.method === 'GET') return this.#show(turn, session)
    if (!isOwnForm(request, new URL(issuer).origin)) {
      return providerPage(403, 'Not from here', 'The form was sent by another site.')
    }
    return this.#submit(turn)
  }

  async #applicationOf(clientId: string): Promise<SignInEvent['application']> {
    const { provider, ownClientId } = this.#options
    if (clientId === ownClientId) return undefined
    if (clientId === accountClientId) return accountApplication
    const client = await provider.Client.find(clientId)
    return { appId: clientId, displayName: client?.clientName ?? clientId }
  }

  // Somebody signed in who is asked for more has proven something already, if it is not too long ago to build on.
  async #progressOf(
    id: string,
    reasons: readonly string[],
    session: ProviderSession | undefined,
  ): Promise<Progress> {
    const { records, people } = this.#options
    const kept = await loadProgress(records, id)
    if (kept?.personId !== undefined || kept?.restarted) return kept
    const onlyMore = reasons.length === 1 && reasons[0] === reasonMoreFactors
    if (!onlyMore || !session || !(await people.byId(session.personId))?.enabled) return noProgress
    const { personId, amr, signedInAt: provenAt } = session
    return { personId, amr, provenAt }
  }

  async #show(turn: SignInTurn, session: ProviderSession | undefined): Promise<Advance> {
    const nothingYet = turn.progress.personId === undefined
    if (nothingYet && (await this.#signedInMeanwhile(turn, session))) return this.#askAnew(turn)
    return this.#goOn(turn)
  }

  // Several tabs came here before anybody was signed in; the first one has done it for all. [S7]
  async #signedInMeanwhile(
    { reasons }: SignInTurn,
    session: ProviderSession | undefined,
  ): Promise<Person | undefined> {
    if (reasons.length !== 1 || reasons[0] !== 'no_session' || !session) return undefined
    const person = await this.#options.people.byId(session.personId)
    return person?.enabled ? person : undefined
  }

  // Finishing the interaction would give the provider's session a new id, and tabs that are just asking would lose it.
  #askAnew({ params }: SignInTurn): Answer {
    const url = new URL(this.#options.provider.urlFor('authorization'))
    for (const [name, value] of Object.entries(params)) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    return redirectTo(url.href)
  }

  /** Shows what is lacking, or finishes. */
  async #goOn(turn: SignInTurn): Promise<Advance> {
    const { step, personTurn } = await this.#stepOf(turn)
    if (!personTurn) return showFirst(this.#options, turn)
    if (step === 'done') return this.#finish(personTurn)
    if (step === 'impossible') return this.#giveUp(turn)
    if (step === 'second') return showSecond(this.#options, personTurn)
    if (step === 'new-password') return showNewPassword(personTurn)
    const { answer, progress } = await showEnrol(this.#options, personTurn)
    await saveProgress(this.#options.records, turn.id, progress)
    return answer
  }

  /** What is lacking, and whose sign-in it is when it is somebody's. */
  async #stepOf(
    turn: SignInTurn,
  ): Promise<{ readonly step: Step; readonly personTurn?: SignInTurn & PersonTurn }> {
    const { people, authenticators, clock } = this.#options
    const { personId, amr, provenAt, passwordOf } = turn.progress
    const person = personId === undefined ? undefined : await people.byId(personId)
    if (!person?.enabled) return { step: 'first' }
    const has = await authenticators.of(person.id)
    const isOther = passwordOf !== undefined && passwordOf !== (has.passwordChangedAt ?? 0)
    if (isOther) return { step: 'first' }
    const step = nextStep({ amr, asked: turn.asked, has })
    const age = provenAt === undefined ? 0 : clock() / 1000 - provenAt
    if (step === 'first' || (step === 'enrol' && age > enrolMaxAgeSeconds)) return { step: 'first' }
    return { step, personTurn: { ...turn, person, has } }
  }

  async #submit(turn: SignInTurn): Promise<Advance> {
    const form = await readForm(turn.request)
    if (!form) {
      return showFirst(this.#options, turn, { status: 400, problem: 'The form could not be read.' })
    }
    if (form.get('step') === 'restart') {
      await saveProgress(this.#options.records, turn.id, { ...noProgress, restarted: true })
      return redirectTo(turn.request.url ?? '/')
    }
    const { step, personTurn } = await this.#stepOf(turn)
    const submitted = personTurn
      ? await this.#submitFurther(step, personTurn, form)
      : await this.#submitFirst(turn, form)
    return submitted ? this.#settle(turn, submitted) : this.#goOn(turn)
  }

  #submitFirst(turn: SignInTurn, form: URLSearchParams): Promise<StepOutcome> {
    const submit = form.get('step') === 'passkey' ? submitFirstPasskey : submitPassword
    return submit(this.#options, turn, form)
  }

  // undefined: the form is not the one of this step, such as that of a page from before.
  async #submitFurther(
    step: Step,
    turn: PersonTurn,
    form: URLSearchParams,
  ): Promise<StepOutcome | undefined> {
    const options = this.#options
    const sent = `${step} ${form.get('step')}`
    if (sent === 'second code') return submitCode(options, turn, form, 'code')
    if (sent === 'second recovery') return submitCode(options, turn, form, 'recoveryCode')
    if (sent === 'second passkey') return submitSecondPasskey(options, turn, form)
    if (sent === 'enrol code-app') return submitNewApp(options, turn, form)
    if (sent === 'enrol passkey') return submitNewPasskey(options, turn, form)
    if (sent === 'new-password new-password') return submitNewPassword(options, turn, form)
    return undefined
  }

  async #settle(turn: SignInTurn, outcome: StepOutcome): Promise<Advance> {
    const { progress = turn.progress, person } = outcome
    const next = { ...turn, progress }
    if ('answer' in outcome && outcome.answer) {
      if (outcome.progress) await saveProgress(this.#options.records, turn.id, outcome.progress)
      if ('failed' in outcome && outcome.failed) this.#tell(next, 'failure', outcome.failed, person)
      return outcome.answer
    }
    const { step, personTurn } = await this.#stepOf(next)
    if (step === 'done' && personTurn) {
      const session = await providerSession(this.#options.provider, turn.request, turn.response)
      const already = await this.#signedInMeanwhile(turn, session)
      const enough = reachesContext(contextOf(session?.amr ?? []), turn.asked)
      const doneThere = already?.id === personTurn.person.id && enough
      return doneThere ? this.#askAnew(turn) : this.#finish(personTurn)
    }
    await saveProgress(this.#options.records, turn.id, progress)
    this.#tell(next, 'interrupted', interruptions[step] ?? 'second-factor-needed', person)
    return redirectTo(turn.request.url ?? '/')
  }

  async #finish({ person, ...turn }: SignInTurn & PersonTurn): Promise<undefined> {
    const { provider, vault, records, clock, log } = this.#options
    const { request, response, progress } = turn
    const amr = [...progress.amr]
    log.info({ personId: person.id, amr }, 'signed in')
    this.#tell(turn, 'success', 'signed-in', person)
    await forgetProgress(records, turn.id)
    const cookie = rememberBrowser(vault, request.rawHeaders, person.id)
    if (cookie !== undefined) response.appendHeader('Set-Cookie', cookie)
    // Not remembered: the provider's cookie ends with the browser.
    const login = { accountId: person.id, remember: false, amr, acr: contextOf(amr) }
    // Said now: whoever comes back with it after half an hour has not signed in then.
    const { provenAt: ts = Math.floor(clock() / 1000) } = progress
    await provider.interactionFinished(
      request,
      response,
      { login: { ...login, ts } },
      { mergeWithLastSubmission: false },
    )
    return undefined
  }

  async #giveUp({ request, response }: SignInTurn): Promise<undefined> {
    // OpenID Connect Core Error Code unmet_authentication_requirements 1.0.
    const result = {
      error: 'unmet_authentication_requirements',
      error_description: 'what was asked for cannot be proven here',
    }
    await this.#options.provider.interactionFinished(request, response, result)
    return undefined
  }

  #tell(
    { id, request, application, asked, progress }: Omit<SignInTurn, 'person'>,
    outcome: SignInEvent['outcome'],
    reason: SignInReason,
    person: Person | undefined,
  ): void {
    const { onSignInEvent, addressOf, clock } = this.#options
    onSignInEvent({
      ...{ at: clock(), correlationId: id, outcome, asked },
      reason: reason === 'wrong-password' && !person ? 'unknown-person' : reason,
      personId: person?.id,
      userPrincipalName: person?.userPrincipalName,
      methods: progress.amr,
      application,
      address: addressOf(request),
      userAgent: (request.headers['user-agent'] ?? '').slice(0, userAgentMaxLength),
    })
  }
}

// Long enough for every browser; the rest is somebody's joke.
const userAgentMaxLength = 512

const interruptions: Partial<Record<Step, SignInReason>> = {
  second: 'second-factor-needed',
  enrol: 'set-up-needed',
  'new-password': 'new-password-needed',
}

/** Writes a whole answer to a Node response; fields of one name all stay. */
export function send(response: ServerResponse, answer: Answer): void {
  response.statusCode = answer.status
  for (let i = 0; i < answer.headers.length; i += 2) {
    response.appendHeader(answer.headers[i] as string, answer.headers[i + 1] as string)
  }
  response.end(answer.body)
}
