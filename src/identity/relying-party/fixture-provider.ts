import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { fetchBy, socketsOf, stop, type World } from '../fixture-world.ts'
import type { ProviderSettings } from './provider-settings.ts'

type Reply = (response: ServerResponse) => void
type Claims = Record<string, unknown>

/** How a provider lies: each field of what an honest one would say can be changed, or the whole answer. */
export interface Lies {
  metadata?: object
  discovery?: Reply
  /** The callback's parameters; undefined takes one away. */
  callback?: Record<string, string | undefined>
  claims?: Claims
  header?: Record<string, unknown>
  sign?: (claims: Claims, header: object) => Promise<string> | string
  token?: Reply
  userInfo?: Claims
  jwks?: Reply
}

/** A provider of the tests' own: honest, unless told what to lie about. Signs `subject` in without asking. */
export interface LyingProvider extends AsyncDisposable {
  readonly issuer: string
  readonly subject: { sub: string } & Claims
  lies: Lies
  readonly settings: ProviderSettings
  /** Codes that were handed in at the token endpoint. */
  readonly codes: string[]
  readonly key: CryptoKey
  readonly jwks: object
}

/** Starts one at `https://<name>.contoso.localhost:<port>`, or at another name of this machine; its client is `edge`. */
export async function startProvider(
  world: Pick<World, 'identity' | 'agent'>,
  name: string,
  host = `${name}.contoso.localhost`,
): Promise<LyingProvider> {
  const { privateKey: key, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }] }
  const server = createServer(world.identity)
  // The client lets idle connections go, so that none is cut while a busy machine sends the next request on it.
  server.keepAliveTimeout = 0
  const sockets = socketsOf(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `https://${host}:${(server.address() as AddressInfo).port}`
  const provider: LyingProvider = {
    ...{ issuer, key, jwks, lies: {}, codes: [] },
    subject: { sub: `${name}-ann`, preferred_username: `ann@${name}.test`, name: 'Ann' },
    settings: settingsOf(name, issuer, fetchBy(world.agent)),
    [Symbol.asyncDispose]: () => stop(server, sockets),
  }
  const nonces = new Map<string, string>()
  server.on('request', (request, response) => {
    const url = new URL(request.url ?? '/', issuer)
    if (url.pathname === '/authorize') return authorize(provider, nonces, url, response)
    if (url.pathname === '/token') {
      request.setEncoding('utf8').on('data', (body: string) => {
        void token(provider, nonces, new URLSearchParams(body), response)
      })
      return
    }
    if (url.pathname === '/jwks') return (provider.lies.jwks ?? json(200, jwks))(response)
    if (url.pathname === '/userinfo') {
      return json(200, { ...provider.subject, ...provider.lies.userInfo })(response)
    }
    ;(provider.lies.discovery ?? json(200, metadataOf(provider)))(response)
  })
  return provider
}

function settingsOf(name: string, issuer: string, reach: typeof fetch): ProviderSettings {
  return {
    ...{ id: name, displayName: `The ${name}`, issuer, clientId: 'edge', scope: 'openid' },
    authentication: { method: 'automatic', secret: 's' },
    people: {
      claims: {
        ...{ userPrincipalName: 'preferred_username', displayName: 'name', email: 'email' },
        ...{ givenName: 'given_name', surname: 'family_name', groups: 'groups', roles: undefined },
      },
      ...{ groups: [], linking: 'never', admitsNewPeople: true },
    },
    fetch: reach,
  }
}

function metadataOf({ issuer, lies }: LyingProvider): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    id_token_signing_alg_values_supported: ['ES256'],
    authorization_response_iss_parameter_supported: true,
    ...lies.metadata,
  }
}

function authorize(
  { issuer, lies }: LyingProvider,
  nonces: Map<string, string>,
  url: URL,
  response: ServerResponse,
): void {
  const back = new URL(url.searchParams.get('redirect_uri') ?? '')
  const code = randomBytes(8).toString('hex')
  nonces.set(code, url.searchParams.get('nonce') ?? '')
  const state = url.searchParams.get('state') ?? ''
  const parameters = { code, state, iss: issuer, ...lies.callback }
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) back.searchParams.set(name, value)
  }
  response.writeHead(302, { location: back.href }).end()
}

async function token(
  provider: LyingProvider,
  nonces: Map<string, string>,
  form: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const { lies, issuer, subject, codes, key } = provider
  const code = form.get('code') ?? ''
  const nonce = nonces.get(code)
  nonces.delete(code)
  codes.push(code)
  if (lies.token) return lies.token(response)
  if (nonce === undefined) return json(400, { error: 'invalid_grant' })(response)
  const now = Math.floor(Date.now() / 1000)
  const honest = { iss: issuer, aud: 'edge', nonce, iat: now, exp: now + 60, ...subject }
  const claims: Claims = { ...honest, ...lies.claims }
  const header = { alg: 'ES256', kid: 'k', ...lies.header }
  const idToken = lies.sign
    ? await lies.sign(claims, header)
    : await new SignJWT(claims).setProtectedHeader(header).sign(key)
  json(200, { access_token: 'a', token_type: 'Bearer', id_token: idToken })(response)
}

/** Answers with this; text as it stands, anything else as JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
  }
}

/** A token with the header and payload as they stand, and a signature made with this secret, or none. */
export function forge(header: object, payload: string | object, secret?: string): string {
  const part = (value: string | object) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  const text = `${part(header)}.${part(payload)}`
  if (secret === undefined) return `${text}.`
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}
