import { connect } from 'node:tls'
import { Agent, type buildConnector, fetch as undiciFetch } from 'undici'
import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Directory } from '../directory/directory.ts'
import { BearerTokens } from '../edge/bearer-tokens.ts'
import type { OwnAnswer } from '../edge/entry.ts'
import { IdentityFields } from '../edge/identity-fields.ts'
import { keysPath } from '../edge/keys-answer.ts'
import type { LocalCa } from '../edge/local-ca.ts'
import { clientAddress, type TrustedProxies } from '../http/forwarded.ts'
import { originOf, serializeOrigin } from '../http/origin.ts'
import type { AccessGate } from '../identity/access-gate.ts'
import { createEmbeddedProvider } from '../identity/provider/provider.ts'
import { BackChannelLogout } from '../identity/relying-party/back-channel-logout.ts'
import { Seal } from '../identity/seal.ts'
import type { Renewals } from '../identity/session/renewals.ts'
import type { Sessions } from '../identity/session/sessions.ts'
import { SignIn } from '../identity/sign-in/sign-in.ts'
import type { SignInJournal } from '../identity/sign-in/sign-in-journal.ts'
import { SpentTickets } from '../identity/sign-in/spent-tickets.ts'
import { embeddedProviderId } from '../identity/signed-in.ts'
import { AssertionKeys } from '../identity/token/assertion-keys.ts'
import {
  believedIssuers,
  embeddedIssuer,
  type TokenIssuers,
} from '../identity/token/token-issuer.ts'
import { covers, guardedAt, type RouteTable } from '../publishing/route-table.ts'
import { judgeAdministrator } from './administration.ts'
import { createApiToken } from './api-token.ts'
import type { KeyVault } from './certificates.ts'
import { clientStore } from './client-store.ts'
import type { Keys } from './keys.ts'
import { serveLogin } from './login-host.ts'
import type { OwnOrigins } from './origins.ts'
import { Providers } from './providers.ts'
import { keepSessionsRenewed } from './renewals.ts'
import { signInSecretKey } from './sign-in-secrets.ts'
import type { Snapshots } from './snapshot.ts'
import type { WorkerChannel } from './worker-channel.ts'

export interface IdentityParts {
  readonly directory: Directory
  readonly sessions: Sessions
  readonly keys: Keys
  readonly ca: LocalCa
  readonly origins: OwnOrigins
  readonly sessionLifetimeSeconds: number
  readonly sessionIdleSeconds: number | undefined
  readonly snapshots: Snapshots
  readonly vault: KeyVault
  readonly gate: AccessGate
  readonly journal: SignInJournal
  readonly trustedProxies: TrustedProxies | undefined
  /** Other processes of this edge. */
  readonly channel: WorkerChannel | undefined
  readonly log: Log
}

const clientId = 'sallyport-edge'
const httpsPort = 443
// An administrator's own token: long enough for an afternoon's script, and soon worthless when lost.
const personTokenSeconds = 3600
// Another issuer than the provider's, which is the login host itself: an assertion is no ID token.
const assertionIssuerPath = '/.sallyport'

/** Sign-in with the embedded provider: one client, one redirect URI, both at the login host. [S11] */
export function createIdentity(parts: IdentityParts): {
  readonly signInSecretKey: Uint8Array
  readonly signIn: SignIn
  readonly renewals: Renewals
  readonly serve: OwnAnswer
  readonly identityFields: IdentityFields
  readonly providers: Providers
  readonly bearerTokens: BearerTokens
  readonly issuers: TokenIssuers
} {
  const { directory, keys, origins, log } = parts
  const redirectUri = `${origins.login}/.sallyport/callback`
  const postLogoutRedirectUri = `${origins.login}/.sallyport/signed-out`
  const providers = new Providers({
    embedded: {
      ...{
        id: embeddedProviderId,
        displayName: 'a local account',
        issuer: origins.login,
        clientId,
      },
      authentication: { method: 'automatic', secret: keys.providerClientSecret },
      scope: 'openid profile email',
      fetch: fetchFromSelf(parts.ca),
    },
    loginOrigin: origins.login,
    vault: parts.vault,
    log,
  })
  parts.snapshots.onProviders((configured) => providers.apply(configured))
  const signIn = new SignIn({
    providers: providers.parties,
    loginOrigin: origins.login,
    homeUrl: `${origins.myApps}/`,
    seal: new Seal([keys.seal], systemClock),
    sessions: parts.sessions,
    people: directory.people,
    arrivals: directory.arrivals,
    settled: () => parts.snapshots.settled(),
    gate: parts.gate,
    journal: parts.journal,
    lifetimeSeconds: parts.sessionLifetimeSeconds,
    knownOrigin: (origin) => covers(parts.snapshots.current.routes, origin),
    belongs: (app, origin) => leadsTo(parts.snapshots.current.routes, app.id, origin),
    application: (id) => parts.snapshots.current.routes.applications.get(id),
    spentTickets: shareSpentTickets(parts.channel),
    clock: systemClock,
    log,
  })
  const renewals = keepSessionsRenewed({
    ...parts,
    providers: providers.parties,
    idleSeconds: parts.sessionIdleSeconds,
  })
  const secretKey = signInSecretKey(keys)
  const provider = createEmbeddedProvider({
    issuer: origins.login,
    records: directory.providerRecords,
    failureCounts: directory.failureCounts,
    people: directory.people,
    authenticators: directory.authenticators,
    signIns: directory.browserSignIns,
    roles: directory,
    firstAdministrator: directory.firstAdministrator,
    administration: {
      audience: origins.graph,
      judge: (who, client) => judgeAdministrator(parts.gate, who, client),
    },
    createApiToken: (owner) => createApiToken(keys.apiToken, personTokenSeconds, owner),
    secretKey,
    clients: clientStore(directory, origins),
    addressOf: ({ socket, rawHeaders }) =>
      clientAddress(socket.remoteAddress ?? '', rawHeaders, parts.trustedProxies),
    onSignInEvent: (event) => parts.journal.stepped(event),
    onTokenRequest: (request) => parts.journal.asked(request),
    jwks: keys.provider,
    cookieKeys: [keys.providerCookie],
    client: { id: clientId, secret: keys.providerClientSecret, redirectUri, postLogoutRedirectUri },
    // Signed out at the provider means signed out everywhere. [S9]
    onSessionEnded(providerSessionId) {
      const ended = { providerId: embeddedProviderId, providerSessionId }
      parts.sessions.end(ended).catch((error: unknown) => {
        log.error({ error }, 'the sessions of a sign-in that ended at the provider live on')
      })
    },
    log,
  })
  const identityFields = new IdentityFields({
    issuer: `${origins.login}${assertionIssuerPath}`,
    keys: new AssertionKeys(keys.seal, systemClock),
    clock: systemClock,
  })
  const publishedKeys = (path: string) =>
    path === keysPath ? identityFields.publishedKeys() : providers.publishedKeys(path)
  const own = embeddedIssuer(origins.login, keys.provider, directory.tokenPeople)
  const issuers = believedIssuers(own, providers.parties, directory.tokenPeople)
  const bearerTokens = new BearerTokens({ issuers, clock: systemClock })
  const logout = new BackChannelLogout({
    providers: providers.parties,
    sessions: parts.sessions,
    spentTokens: directory.spentTokens,
    log,
  })
  const serve = serveLogin(signIn, provider.listener, publishedKeys, logout)
  return {
    signInSecretKey: secretKey,
    signIn,
    renewals,
    serve,
    identityFields,
    providers,
    bearerTokens,
    issuers,
  }
}

/** Whether people sign in to the application at this exact origin. */
function leadsTo(routes: RouteTable, applicationId: string, text: string): boolean {
  const origin = originOf(text)
  if (!origin || serializeOrigin(origin) !== text) return false
  const { scheme, host, port } = origin
  return guardedAt(routes, scheme, host, port).some(({ id }) => id === applicationId)
}

function shareSpentTickets(channel: WorkerChannel | undefined): SpentTickets {
  const tickets = new SpentTickets(systemClock, (id, forgetAt) =>
    channel?.announce({ kind: 'spent', id, forgetAt }),
  )
  channel?.onSpent((id, forgetAt) => tickets.learn(id, forgetAt))
  return tickets
}

/**
 * The relying party reaches the provider over the edge's own port, whatever the name of the host resolves to. It names no
 * server, and so is shown the local authority's certificate, whatever certificate the login host has for browsers.
 */
function fetchFromSelf(ca: LocalCa): typeof fetch {
  const connectToSelf: buildConnector.connector = ({ port }, done) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port) || httpsPort, ca: ca.pem })
    socket.once('secureConnect', () => {
      socket.off('error', failed)
      done(null, socket)
    })
    const failed = (error: Error) => done(error, null)
    socket.once('error', failed)
  }
  const dispatcher = new Agent({ connect: connectToSelf })
  return ((url: string, options: object) =>
    undiciFetch(url, { ...options, dispatcher })) as unknown as typeof fetch
}
