import { exitCodes, Failure, failure } from './failure.ts'
import type { Place } from './place.ts'
import { type Resource, textAt, wordsAt } from './resource.ts'

export interface Granted {
  readonly token: string
  readonly refreshToken: string | undefined
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/** Where an edge signs people and programs in, by its own word (RFC 9728, RFC 8414). */
export interface SignInPlace {
  readonly tokenUrl: URL
  readonly deviceUrl: URL | undefined
}

type Where = Pick<Place, 'server' | 'exchange'>

/** Asks the edge where it signs in. Throws a Failure when it does not say. */
export async function findSignIn(place: Where): Promise<SignInPlace> {
  const { server } = place
  const resource = await getJson(place, new URL('/.well-known/oauth-protected-resource', server))
  // RFC 9728 §3.3: it has to speak of the address that was asked.
  if (textAt(resource, 'resource') !== server) throw notAnEdge(server)
  const [issuer] = wordsAt(resource, 'authorization_servers')
  const issuerUrl = issuer === undefined ? null : URL.parse(issuer)
  if (issuerUrl === null || issuerUrl.protocol !== 'https:') throw notAnEdge(server)
  const metadata = await getJson(place, new URL('/.well-known/openid-configuration', issuerUrl))
  // RFC 8414 §3.3.
  if (textAt(metadata, 'issuer') !== issuer) throw notAnEdge(server)
  const tokenUrl = URL.parse(textAt(metadata, 'token_endpoint'))
  if (tokenUrl?.protocol !== 'https:') throw notAnEdge(server)
  const deviceUrl = URL.parse(textAt(metadata, 'device_authorization_endpoint'))
  return { tokenUrl, deviceUrl: deviceUrl?.protocol === 'https:' ? deviceUrl : undefined }
}

function notAnEdge(server: string): Failure {
  return failure('not-an-edge', `${server} does not say where to sign in. Is it an edge?`, [
    'The management API is at https://graph.<domain>, on the port that browsers use.',
  ])
}

async function getJson({ server, exchange }: Where, url: URL): Promise<Resource> {
  const answer = await exchange.send({
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
  })
  if (answer.status !== 200) throw notAnEdge(server)
  return parse(answer.text) ?? {}
}

/** An answer of a token endpoint: what was granted, or the error's code (RFC 6749 §5.2). */
export async function postForm(
  { exchange }: Pick<Place, 'exchange'>,
  url: URL,
  form: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly body: Resource }> {
  const answer = await exchange.send({
    method: 'POST',
    url,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(form).toString(),
  })
  return { status: answer.status, body: parse(answer.text) ?? {} }
}

/** A token for what `form` proves. Throws a Failure with exit code 3 when it proves nothing. */
export async function requestToken(
  place: Where,
  form: Readonly<Record<string, string>>,
): Promise<Granted> {
  const { tokenUrl } = await findSignIn(place)
  const { status, body } = await postForm(place, tokenUrl, form)
  const granted = readGranted(body)
  if (status === 200 && granted) return granted
  throw signInRefused(place.server, body)
}

/** What a token endpoint granted, if anything. */
export function readGranted(body: Resource): Granted | undefined {
  const token = textAt(body, 'access_token')
  if (token === '') return undefined
  return {
    token,
    refreshToken: textAt(body, 'refresh_token') || undefined,
    expiresAt: Date.now() + Number(body['expires_in'] ?? 0) * 1000,
  }
}

/** The sign-in was refused, in the words of the edge. */
export function signInRefused(server: string, body: Resource): Failure {
  const code = textAt(body, 'error') || 'sign-in-refused'
  return new Failure({
    code,
    exitCode: exitCodes.notSignedIn,
    message: textAt(body, 'error_description') || `The edge at ${server} refused the sign-in.`,
    fix: `sallyport sign-in --server ${server}`,
  })
}

function parse(text: string): Resource | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Resource) : undefined
  } catch {
    // A page, from whatever stands before the edge: as good as nothing.
    return undefined
  }
}
