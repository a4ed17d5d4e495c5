import '../lts-flag.ts'
import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider'
import { asFault } from '../../base/fault.ts'
import type { Log } from '../../base/log.ts'
import type { Answer } from '../../http/answer.ts'
import { authenticationContexts } from '../authentication-context.ts'
import { accountClientId, accountRedirectUri } from '../local/account.ts'
import { interactionPathPrefix, send } from '../local/interactions.ts'
import { createLocalPages, type LocalPageOptions, peerOf } from '../local/local-pages.ts'
import { endSessionPage, nothingHerePage, providerPage } from '../local/login-pages.ts'
import { loginPolicy } from '../local/login-policy.ts'
import { adaptRecords, lifetimes, sessionLifetime } from '../provider-storage.ts'
import { rolesClaim } from '../roles.ts'
import type { TokenRequest } from '../sign-in/sign-in-journal.ts'
import { commandLineClient } from './command-line-client.ts'
import { limitDeviceGuesses } from './device-guesses.ts'
import { devicePages } from './device-pages.ts'
import { paceDevicePolls } from './device-polls.ts'
import type { ProviderKeys } from './provider-keys.ts'
import { tellTokenRequests } from './provider-token-events.ts'
import { tokenConfiguration } from './provider-tokens.ts'
import type { ClientStore } from './registered-client.ts'
import {
  adaptClients,
  compareSecretHashes,
  secretHashes,
  servicePrincipal,
} from './registered-clients.ts'

export interface EmbeddedProviderOptions extends LocalPageOptions {
  /** Applications that are clients of their own; none if unsaid. [S10] */
  readonly clients?: ClientStore
  readonly jwks: ProviderKeys
  /** Sign the provider's cookies; the newest first. */
  readonly cookieKeys: readonly string[]
  /** The edge itself. */
  readonly client: {
    readonly id: string
    readonly secret: string
    readonly redirectUri: string
    readonly postLogoutRedirectUri: string
  }
  /** Told of tokens that others than the edge asked for. */
  readonly onTokenRequest?: (request: TokenRequest) => void
  /** Told the `sid` of each provider session that ends, so that the edge's sessions end with it. [S9] */
  readonly onSessionEnded?: (providerSessionId: string) => void
}

/** The default identity provider: local people with passwords, one client, no consent. Mount at the login host's root. */
export function createEmbeddedProvider(options: EmbeddedProviderOptions): {
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void
} {
  const provider = new Provider(options.issuer, configure(options))
  provider.use(async (ctx, next) => {
    ctx.set(baseHeaders)
    await next()
    if (ctx.status === 404 && !ctx.body && ctx.accepts('json', 'html') === 'html') {
      write(ctx, nothingHerePage())
    }
  })
  limitDeviceGuesses(provider, options, write)
  paceDevicePolls(provider, options)
  compareSecretHashes(provider, options.client.id)
  if (options.onTokenRequest) {
    const { addressOf = peerOf } = options
    tellTokenRequests(provider, options.client.id, addressOf, options.onTokenRequest)
  }
  listenTo(provider, options)
  const pageAt = createLocalPages(options, provider, options.client.id)
  const rest = provider.callback()
  return {
    listener(request, response) {
      const { url = '/' } = request
      const done = pageAt(url)?.(request, response) ?? rest(request, response)
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
  const { client, jwks, clients = noClients } = options
  const algorithm = jwks.keys[0]?.alg
  if (algorithm === undefined)
    throw new TypeError('the provider needs a signing key with its algorithm')
  const { features, ...tokens } = tokenConfiguration(clients, algorithm)
  return {
    acrValues: [...authenticationContexts],
    adapter: (kind: string) =>
      kind === 'Client' ? adaptClients(clients, algorithm) : adaptRecords(options.records, kind),
    jwks: { keys: jwks.keys.map((key) => ({ ...key })) } as NonNullable<Configuration['jwks']>,
    clients: [
      ownClient(client, algorithm),
      accountClient(options.issuer, algorithm),
      commandLineClient(algorithm),
    ],
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      profile: ['name', 'preferred_username', rolesClaim],
      email: ['email'],
      sid: null,
      iss: null,
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
    ...tokens,
    extraClientMetadata: { properties: [secretHashes, servicePrincipal] },
    features: {
      ...features,
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      deviceFlow: devicePages(write),
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => write(ctx, endSessionPage(form, provesItself(ctx))),
        postLogoutSuccessSource: (ctx) =>
          write(ctx, providerPage(200, 'You are signed out', 'You can close this window.')),
      },
    },
    expiresWithSession: () => true,
    findAccount: (_, id) => findAccount(options, id),
    interactions: {
      url: (_, interaction) => interactionPathPrefix + interaction.uid,
      policy: loginPolicy(options.administration),
    },
    // The edge, and programs of registered applications, ask again on behalf of somebody who is still signed in here.
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    loadExistingGrant: grantWhatIsAsked,
    pkce: { required: () => true },
    renderError: (ctx, out, cause) => write(ctx, errorPage(ctx.status, out.error, cause)),
    responseTypes: ['code'],
    rotateRefreshToken: true,
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    ttl: { ...lifetimes, Session: sessionLifetime },
  }
}

const noClients: ClientStore = {
  client: async () => undefined,
  resource: async () => undefined,
}

function ownClient(client: EmbeddedProviderOptions['client'], algorithm: string) {
  return {
    client_id: client.id,
    client_secret: client.secret,
    redirect_uris: [client.redirectUri],
    post_logout_redirect_uris: [client.postLogoutRedirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code' as const],
    token_endpoint_auth_method: 'client_secret_post' as const,
    id_token_signed_response_alg: algorithm as 'ES256', // any it names is checked against the keys
  }
}

// The account pages only want somebody to be signed in: nobody redeems the code, and nobody could without the verifier.
function accountClient(issuer: string, algorithm: string) {
  return {
    client_id: accountClientId,
    redirect_uris: [accountRedirectUri(issuer)],
    grant_types: ['authorization_code'],
    response_types: ['code' as const],
    token_endpoint_auth_method: 'none' as const,
    id_token_signed_response_alg: algorithm as 'ES256',
  }
}

async function findAccount({ people, roles }: EmbeddedProviderOptions, id: string) {
  const person = await people.byId(id)
  if (!person?.enabled) return undefined
  const personRoles = await roles.rolesOf(id)
  const claims = {
    sub: person.id,
    name: person.displayName,
    preferred_username: person.userPrincipalName,
    ...(person.mail === undefined ? {} : { email: person.mail }),
    ...(personRoles.length === 0 ? {} : { [rolesClaim]: personRoles }),
  }
  return { accountId: person.id, claims: () => claims }
}

// No consent: every client was registered by an administrator, with the resources that it may ask for, and only those get
// here (provider-tokens.ts).
async function grantWhatIsAsked(ctx: KoaContextWithOIDC) {
  const { provider, client, session, account } = ctx.oidc
  if (!client || !session || !account) return undefined
  const known = session.grantIdFor(client.clientId)
  const grant = known === undefined ? undefined : await provider.Grant.find(known)
  const resources = Object.keys(ctx.oidc.resourceServers ?? {})
  const isTheirs = grant?.accountId === account.accountId
  // The same grant goes on: with another one, what came of this one would be worthless.
  if (isTheirs && resources.every((resource) => grant.getResourceScope(resource) !== ''))
    return grant
  const wanted = isTheirs
    ? grant
    : new provider.Grant({ clientId: client.clientId, accountId: account.accountId })
  wanted.addOIDCScope('openid profile email offline_access')
  for (const [resource, { scope }] of Object.entries(ctx.oidc.resourceServers ?? {})) {
    wanted.addResourceScope(resource, String(scope ?? ''))
  }
  await wanted.save()
  return wanted
}

// RP-Initiated Logout 1.0 §2: ask unless the hint, which the provider has checked, is of the person signed in here.
function provesItself(ctx: KoaContextWithOIDC): boolean {
  const hint = ctx.oidc.entities.IdTokenHint
  return hint !== undefined && hint.payload['sub'] === ctx.oidc.session?.accountId
}

function listenTo(provider: Provider, options: EmbeddedProviderOptions): void {
  const { log, onSessionEnded, client } = options
  provider.on('server_error', (_, error) => log.error({ error }, 'the embedded provider failed'))
  const koa: EventEmitter = provider
  koa.on('error', (error) => log.error({ error }, 'the embedded provider failed'))
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

function write(ctx: Pick<KoaContextWithOIDC, 'status' | 'set' | 'body'>, answer: Answer): void {
  ctx.status = answer.status
  for (let i = 0; i < answer.headers.length; i += 2) {
    ctx.set(answer.headers[i] as string, answer.headers[i + 1] as string)
  }
  ctx.body = answer.body
}

function fail(log: Log, response: ServerResponse, cause: unknown): void {
  log.error({ error: cause }, 'the embedded provider failed')
  if (response.headersSent) response.destroy()
  else send(response, errorPage(500, 'server_error', cause))
}
