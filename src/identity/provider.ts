import './lts-flag.ts'
import type { EventEmitter } from 'node:events'
import Provider, {
  type Adapter,
  type AdapterPayload,
  type Configuration,
  interactionPolicy,
  type KoaContextWithOIDC,
} from 'oidc-provider'
import { type Clock, systemClock } from '../base/clock.ts'
import { asFault } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import type { Answer } from '../http/answer.ts'
import { Attempts } from './attempts.ts'
import type { FailureCounts } from './failure-counts.ts'
import {
  Interactions,
  interactionPathPrefix,
  type ProviderRequest,
  type ProviderResponse,
  send,
} from './interactions.ts'
import { endSessionPage, providerPage } from './login-pages.ts'
import type { PeopleStore } from './person.ts'
import type { ProviderKeys } from './provider-keys.ts'
import type { ProviderRecords } from './provider-records.ts'

export interface EmbeddedProviderOptions {
  /** The login host's origin, with no path. */
  readonly issuer: string
  readonly records: ProviderRecords
  readonly failureCounts: FailureCounts
  readonly people: PeopleStore
  readonly jwks: ProviderKeys
  /** Sign the provider's cookies; the newest first. */
  readonly cookieKeys: readonly string[]
  /** The edge itself, the only client. */
  readonly client: {
    readonly id: string
    readonly secret: string
    readonly redirectUri: string
    readonly postLogoutRedirectUri: string
  }
  /** For the limit on failed passwords; records follow the wall clock. */
  readonly clock?: Clock
  readonly log: Log
  /** Who is asking, for the limit on failed passwords; the socket's peer when absent. */
  readonly addressOf?: (request: ProviderRequest) => string
  /** Told the `sid` of each provider session that ends, so that the edge's sessions end with it. [S9] */
  readonly onSessionEnded?: (providerSessionId: string) => void
}

const minute = 60
const hour = 60 * minute

// Seconds. A code is redeemed within one redirect; a login form may stand open over lunch; a working day ends a session.
const lifetimes = {
  AuthorizationCode: minute,
  AccessToken: 10 * minute,
  IdToken: hour,
  Interaction: hour,
  Grant: 12 * hour,
  Session: 12 * hour,
} as const

/** The default identity provider: local people with passwords, one client, no consent. Mount at the login host's root. */
export function createEmbeddedProvider(options: EmbeddedProviderOptions): {
  readonly listener: (request: ProviderRequest, response: ProviderResponse) => void
} {
  const provider = new Provider(options.issuer, configure(options))
  provider.use(async (ctx, next) => {
    ctx.set(baseHeaders)
    await next()
  })
  listenTo(provider, options)
  const interactions = new Interactions({
    provider,
    issuer: options.issuer,
    people: options.people,
    attempts: new Attempts(options.failureCounts, options.clock ?? systemClock),
    addressOf: options.addressOf ?? ((request) => request.socket.remoteAddress ?? ''),
    log: options.log,
  })
  const rest = provider.callback()
  return {
    listener(request, response) {
      const own = request.url?.startsWith(interactionPathPrefix) ?? false
      const done = own
        ? interactions.handle(request, response)
        : rest(request as Parameters<typeof rest>[0], response as Parameters<typeof rest>[1])
      done.catch((cause: unknown) => fail(options.log, response, cause))
    },
  }
}

// oidc-provider adds the hashes of its own scripts to a script-src that is there. No form-action: signing in as somebody
// else posts a form whose answer leads through to the application's host.
const baseHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cache-Control': 'no-store',
} as const

function configure(options: EmbeddedProviderOptions): Configuration {
  const { client, jwks, people } = options
  const algorithm = jwks.keys[0]?.alg
  if (algorithm === undefined)
    throw new TypeError('the provider needs a signing key with its algorithm')
  return {
    adapter: (kind: string) => adapt(options.records, kind),
    jwks: { keys: jwks.keys.map((key) => ({ ...key })) } as NonNullable<Configuration['jwks']>,
    clients: [ownClient(client, algorithm)],
    claims: {
      openid: ['sub'],
      profile: ['name', 'preferred_username'],
      email: ['email'],
      sid: null,
      auth_time: null,
      iss: null,
      acr: null,
    },
    clientBasedCORS: () => false,
    conformIdTokenClaims: false, // the claims are wanted in the ID token; nobody calls userinfo
    cookies: {
      keys: [...options.cookieKeys],
      names: {
        session: '__Host-sallyport-login',
        interaction: '__Secure-sallyport-interaction',
        resume: '__Secure-sallyport-resume',
      },
      long: { httpOnly: true, sameSite: 'lax', path: '/' },
      short: { httpOnly: true, sameSite: 'lax' },
    },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => write(ctx, endSessionPage(form, provesItself(ctx))),
        postLogoutSuccessSource: (ctx) =>
          write(ctx, providerPage(200, 'You are signed out', 'You can close this window.')),
      },
    },
    findAccount: (_, id) => findAccount(people, id),
    interactions: {
      url: (_, interaction) => interactionPathPrefix + interaction.uid,
      policy: policyWithLiveAccounts(),
    },
    loadExistingGrant: grantOwnClient,
    pkce: { required: () => true },
    renderError: (ctx, out, cause) => write(ctx, errorPage(ctx.status, out.error, cause)),
    responseTypes: ['code'],
    scopes: ['openid', 'profile', 'email'],
    ttl: lifetimes,
  }
}

function ownClient(client: EmbeddedProviderOptions['client'], algorithm: string) {
  return {
    client_id: client.id,
    client_secret: client.secret,
    redirect_uris: [client.redirectUri],
    post_logout_redirect_uris: [client.postLogoutRedirectUri],
    grant_types: ['authorization_code'],
    response_types: ['code' as const],
    token_endpoint_auth_method: 'client_secret_post' as const,
    id_token_signed_response_alg: algorithm as 'ES256', // any it names is checked against the keys
  }
}

async function findAccount(people: PeopleStore, id: string) {
  const person = await people.byId(id)
  if (!person?.enabled) return undefined
  const claims = {
    sub: person.id,
    name: person.displayName,
    preferred_username: person.userPrincipalName,
    ...(person.mail === undefined ? {} : { email: person.mail }),
  }
  return { accountId: person.id, claims: () => claims }
}

// Somebody deleted or disabled whose session still stands is asked to sign in again, instead of an internal error.
function policyWithLiveAccounts() {
  const policy = interactionPolicy.base()
  policy
    .get('login')
    ?.checks.add(
      new interactionPolicy.Check(
        'account_gone',
        'the account is not available any more',
        (ctx) => ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined,
      ),
    )
  return policy
}

// No consent between the house and its own door: the one client is the edge.
async function grantOwnClient(ctx: KoaContextWithOIDC) {
  const { provider, client, session, account } = ctx.oidc
  if (!client || !session || !account) return undefined
  const known = session.grantIdFor(client.clientId)
  const grant = known === undefined ? undefined : await provider.Grant.find(known)
  if (grant?.accountId === account.accountId) return grant
  const fresh = new provider.Grant({ clientId: client.clientId, accountId: account.accountId })
  fresh.addOIDCScope('openid profile email')
  await fresh.save()
  return fresh
}

// RP-Initiated Logout 1.0 §2: ask unless the hint, which the provider has checked, is of the person signed in here.
function provesItself(ctx: KoaContextWithOIDC): boolean {
  const hint = ctx.oidc.entities.IdTokenHint
  return hint !== undefined && hint.payload['sub'] === ctx.oidc.session?.accountId
}

function listenTo(provider: Provider, options: EmbeddedProviderOptions): void {
  const { log, onSessionEnded, client } = options
  provider.on('server_error', (_, error) =>
    log.error({ err: error }, 'the embedded provider failed'),
  )
  const koa: EventEmitter = provider
  koa.on('error', (error) => log.error({ err: error }, 'the embedded provider failed'))
  if (!onSessionEnded) return
  provider.on('session.destroyed', (session) => {
    const sid = session.authorizations?.[client.id]?.sid
    if (sid !== undefined) onSessionEnded(sid)
  })
}

function errorPage(status: number, error: string, cause: unknown): Answer {
  if (error === 'server_error') {
    // A busy database or a full disk says so with its own status.
    return providerPage(
      asFault(cause).status,
      'Something went wrong',
      'The sign-in failed inside. Try again in a moment.',
    )
  }
  return providerPage(
    status,
    'This sign-in cannot go on',
    `The request was not accepted (${error}). Open the application again.`,
  )
}

function write(ctx: KoaContextWithOIDC, answer: Answer): void {
  ctx.status = answer.status
  for (let i = 0; i < answer.headers.length; i += 2) {
    ctx.set(answer.headers[i] as string, answer.headers[i + 1] as string)
  }
  ctx.body = answer.body
}

function fail(log: Log, response: ProviderResponse, cause: unknown): void {
  log.error({ err: cause }, 'the embedded provider failed')
  if (response.headersSent) response.destroy()
  else send(response, errorPage(500, 'server_error', cause))
}

// oidc-provider's storage contract over ours. User codes belong to the device flow, which is off.
function adapt(records: ProviderRecords, kind: string): Adapter {
  const found = async (lookup: Promise<Record<string, unknown> | undefined>) =>
    (await lookup) as AdapterPayload | undefined // what it stored itself
  return {
    upsert: (id, payload, expiresIn) =>
      records.upsert(kind, id, payload, expiresIn ?? lifetimes.Session),
    find: (id) => found(records.find(kind, id)),
    findByUid: (uid) => found(records.findByUid(kind, uid)),
    findByUserCode: async () => undefined,
    consume: (id) => records.consume(kind, id),
    destroy: (id) => records.destroy(kind, id),
    revokeByGrantId: (grantId) => records.revokeByGrantId(grantId),
  }
}
