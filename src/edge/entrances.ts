import type { Answer } from '../http/answer.ts'
import type { RawHeaders } from '../http/headers.ts'
import { serializeOrigin } from '../http/origin.ts'
import { ownAnswerHeaders } from '../http/page.ts'
import { covers, type RouteTable } from '../publishing/route-table.ts'
import { notPublished } from '../refusal/refusals.ts'
import { problemAnswer } from './answer.ts'
import type { EdgeRequest } from './request.ts'

/** What becomes of requests on a port without TLS. */
export type PlainMode = 'redirect' | 'serve'

/** The ports of one edge. [P12] */
export interface Entrances {
  /** With TLS. On the first one are the edge's own hosts. */
  readonly secure: readonly number[]
  readonly plain: ReadonlyMap<number, PlainMode>
  /** The edge's own hosts, as `host:port`. */
  readonly ownHosts: ReadonlySet<string>
  /** What proves to a certificate authority that a host is ours (RFC 8555 §8.3); undefined for tokens nobody knows. */
  acmeChallenge(token: string): string | undefined
}

/** Whether a request belongs to another port of this edge, which may be open to other people. [P12] */
export function belongsElsewhere(entrances: Entrances, port: number, asked: number): boolean {
  return asked !== port && (entrances.secure.includes(asked) || entrances.plain.has(asked))
}

const challengePrefix = '/.well-known/acme-challenge/'

/** What a request without TLS gets without a look at the applications; undefined when it is one of theirs. */
export function answerInClear(
  entrances: Entrances,
  routes: RouteTable,
  request: EdgeRequest,
  port: number,
): Answer | undefined {
  const { path, query } = request.target
  if (path.startsWith(challengePrefix)) {
    const proof = entrances.acmeChallenge(path.slice(challengePrefix.length))
    if (proof !== undefined) return { status: 200, headers: challengeHeaders, body: proof }
  }
  const { host, port: asked } = request.authority
  const served = covers(routes, serializeOrigin({ scheme: 'http', host, port: asked }))
  if (served && entrances.plain.get(port) === 'serve') return undefined
  const origin = secureOrigin(entrances, routes, host)
  if (origin === undefined) return problemAnswer(request, notPublished('unknown-host'))
  const location = `${origin}${path}${query}`
  return { status: 308, headers: ['Location', location, ...ownAnswerHeaders], body: '' }
}

const challengeHeaders: RawHeaders = ['Content-Type', 'application/octet-stream']

// Behind a translation of ports people ask for the default one, whatever this edge listens on.
const httpsPort = 443

/** Where the same host is to be had with TLS. */
function secureOrigin(
  { secure, ownHosts }: Entrances,
  routes: RouteTable,
  host: string,
): string | undefined {
  for (const port of [...secure, httpsPort]) {
    const origin = serializeOrigin({ scheme: 'https', host, port })
    if (ownHosts.has(`${host}:${port}`) || covers(routes, origin)) return origin
  }
  return undefined
}
