import '../lts-flag.ts'
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { Answer } from '../../http/answer.ts'
import type { Demand } from '../access-gate.ts'
import { redirectTo } from '../answers.ts'
import { contextOf, multiFactor } from '../authentication-context.ts'
import { globalAdministrator } from '../roles.ts'
import { accountActions } from './account-actions.ts'
import { newCodeAppPage, newPasskeyPage, overviewPage, passwordPage } from './account-pages.ts'
import type { Visit } from './account-visit.ts'
import { beginCodeApp } from './code-app.ts'
import { isOwnForm, readForm } from './forms.ts'
import { providerPage } from './login-pages.ts'
import { beginRegistration, challengeFor } from './passkeys.ts'
import { providerSession } from './provider-session.ts'
import type { LocalParts } from './turn.ts'

/** Everything about a person's own account is at this path and below. */
export const accountPath = '/account'
/** The provider's client for the account pages; nobody redeems its codes, only the session counts. */
export const accountClientId = 'sallyport-account'

// Whoever changes how they sign in has signed in just now: an open session alone does not take over an account.
const freshSeconds = 10 * 60
const formUse = 'account form/1'

/** What logs call it; the original's page for the same has this app id. */
export const accountApplication = {
  appId: '8c59ead7-d703-4a27-9e55-c96a0054c8d2',
  displayName: 'Account',
} as const

/** Where the account's own sign-in comes back to. */
export function accountRedirectUri(issuer: string): string {
  return `${issuer}${accountPath}/signed-in`
}

// Where a sign-in may lead back to; anything else a link may carry is the overview.
const pages: ReadonlySet<string> = new Set([
  '/account',
  '/account/password',
  '/account/passkeys',
  '/account/code-app',
])

const deeds: Readonly<Record<string, string>> = {
  password: 'Your password is changed. You are signed out everywhere else.',
  'passkey-added': 'The passkey is ready.',
  'passkey-renamed': 'The passkey has its new name.',
  'passkey-removed': 'The passkey is removed. Delete it on your device, too.',
  'code-app-removed': 'The app is not asked for any more.',
  'signed-out': 'Signed out there.',
}

/** The pages on which people see and change their own ways to sign in. [S11] */
export class Account {
  readonly #parts: LocalParts
  readonly #provider: Provider
  readonly #issuer: string

  constructor(parts: LocalParts, provider: Provider, issuer: string) {
    this.#parts = parts
    this.#provider = provider
    this.#issuer = issuer
  }

  /** Answers a request at or below `/account`. Never throws what a client can cause. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const url = new URL(request.url ?? '/', this.#issuer)
    const path = url.pathname.replace(/\/$/, '')
    if (path === `${accountPath}/signed-in`)
      return redirectTo(pageOf(url.searchParams.get('state')))
    const visit = await this.#visit(request, response)
    if (!visit) return this.#signIn(path, {})
    if (request.method === 'POST') return this.#act(visit, path)
    if (request.method !== 'GET') {
      return providerPage(405, 'Not like this', 'This page cannot be used that way.')
    }
    if (!pages.has(path)) return providerPage(404, 'Nothing here', 'There is no such page.')
    if (path === accountPath) return this.overview(visit, url.searchParams.get('done'))
    return this.#lacksProof(visit) ?? this.#page(visit, path)
  }

  async #visit(request: IncomingMessage, response: ServerResponse): Promise<Visit | undefined> {
    const { people, authenticators, vault } = this.#parts
    const session = await providerSession(this.#provider, request, response)
    const person = session && (await people.byId(session.personId))
    if (!session || !person?.enabled) return undefined
    const has = await authenticators.of(person.id)
    const thisSignIn = `${session.id}\n${session.signedInAt}`
    const proof = vault.prove(formUse, thisSignIn)
    return { request, session, person, has, proof, challenge: challengeFor(vault, thisSignIn) }
  }

  /** The sign-in that leads back to this page, asking for what `more` says. */
  #signIn(path: string, more: Readonly<Record<string, string>>): Answer {
    const url = new URL(this.#provider.urlFor('authorization'))
    url.search = new URLSearchParams({
      client_id: accountClientId,
      redirect_uri: accountRedirectUri(this.#issuer),
      response_type: 'code',
      scope: 'openid',
      state: pageOf(path),
      // The provider insists on it; the code is never redeemed.
      code_challenge: createHash('sha256').update(path).digest('base64url'),
      code_challenge_method: 'S256',
      ...more,
    }).toString()
    return redirectTo(url.href)
  }

  /** A sign-in, where the last one was too long ago, or by less than the person has. */
  #lacksProof({ session, has, request }: Visit): Answer | undefined {
    const age = this.#parts.clock() / 1000 - session.signedInAt
    const hasSecond = has.codeApp !== undefined || has.passkeys.length > 0
    const weak = hasSecond && contextOf(session.amr) !== multiFactor
    if (age <= freshSeconds && !weak) return undefined
    return this.#signIn(new URL(request.url ?? '/', this.#issuer).pathname, {
      max_age: String(freshSeconds),
      ...(hasSecond ? { acr_values: multiFactor } : {}),
    })
  }

  /** The overview, with what was just done or went wrong. */
  async overview(visit: Visit, done: string | null, problem?: string): Promise<Answer> {
    const { signIns, roles, createApiToken } = this.#parts
    const { session, person } = visit
    const administers = (await roles.rolesOf(person.id)).includes(globalAdministrator.id)
    return overviewPage({
      ...visit,
      done: ownValue(deeds, done ?? ''),
      ...(problem === undefined ? {} : { problem, status: 422 as const }),
      signIns: await signIns.of(person.id),
      currentSignIn: session.id,
      offersApiToken: administers && createApiToken !== undefined,
    })
  }

  async #page(visit: Visit, path: string): Promise<Answer> {
    const { person, has } = visit
    if (path === '/account/password') {
      return passwordPage({ ...visit, hasPassword: has.passwordChangedAt !== undefined })
    }
    if (path === '/account/code-app') {
      return newCodeAppPage({ ...visit, ...beginCodeApp(this.#parts, person, undefined) })
    }
    const { party } = this.#parts
    const options = await beginRegistration(party, visit.challenge, person, has.passkeys)
    return newPasskeyPage({ ...visit, options })
  }

  async #act(visit: Visit, path: string): Promise<Answer> {
    const { request } = visit
    const form = await readForm(request)
    const isOwn = isOwnForm(request, this.#issuer)
    const proof = form?.get('proof') ?? ''
    const thisSignIn = `${visit.session.id}\n${visit.session.signedInAt}`
    if (!form || !isOwn || !this.#parts.vault.isProof(formUse, thisSignIn, proof)) {
      const sentence =
        'The form is not from this page, or from before you signed in. Open the page again.'
      return providerPage(403, 'Not from here', sentence)
    }
    const action = ownValue(accountActions, path.slice(accountPath.length + 1))
    if (!action) return providerPage(404, 'Nothing here', 'There is no such page.')
    const first = action.sensitive ? this.#lacksProof(visit) : undefined
    if (first) return first
    const outcome = await action.run(this.#parts, visit, form)
    if ('answer' in outcome) return outcome.answer
    if ('demand' in outcome) return this.#signIn(accountPath, parametersOf(outcome.demand))
    if ('done' in outcome) return redirectTo(`${accountPath}?done=${outcome.done}`)
    return this.overview(visit, null, outcome.problem)
  }
}

function parametersOf({ multiFactor: asksForTwo, maxAgeSeconds }: Demand) {
  return {
    ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
    ...(asksForTwo ? { acr_values: multiFactor } : {}),
  }
}

// Names come from outside: what every object inherits is none of ours.
function ownValue<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}

function pageOf(path: string | null): string {
  return path !== null && pages.has(path) ? path : accountPath
}
