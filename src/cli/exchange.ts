import type { IncomingMessage } from 'node:http'
import { Agent, request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { getCACertificates } from 'node:tls'
import { unreachable } from './unreachable.ts'

/** A request to the edge. */
export interface Outgoing {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

export interface ExchangeOptions {
  /** The authority to trust instead of those that the machine knows, in PEM. */
  readonly ca: string | undefined
  /** The origin that this authority is for; others may have certificates of any that the machine knows, too. */
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

// An edge answers in milliseconds. When it has been silent for so long it is asked whether it is still there.
const answerTimeoutMs = 30_000
// What an edge gives a call at most, and one that waits for others before it.
const longestMs = 30 * 60_000
// The largest answer is a page of 999 resources; nothing that talks to us may fill our memory.
const answerMaxBytes = 64 * 1024 * 1024

/** HTTPS to one edge over kept connections. Everything that keeps it from answering is a Failure that says what to do. */
export class Exchange implements Disposable {
  readonly #options: ExchangeOptions
  readonly #signal: AbortSignal
  readonly #agents = new Map<boolean, Agent>()
  readonly #silenceMs: number

  /** `silenceMs`: when the edge is asked whether it is still there; tests make it small. */
  constructor(options: ExchangeOptions, silenceMs = answerTimeoutMs) {
    this.#options = options
    this.#silenceMs = silenceMs
    this.#signal = options.signal
  }

  #agentFor(url: URL): Agent {
    const { ca, home, environment } = this.#options
    const isHome = url.origin === home
    const agent = this.#agents.get(isHome) ?? createAgent(environment, isHome, ca)
    this.#agents.set(isHome, agent)
    return agent
  }

  /** Sends it and reads the answer whole. */
  async send(outgoing: Outgoing): Promise<Answer> {
    const response = await this.open(outgoing, this.#silenceMs, longestMs)
    try {
      return {
        status: response.statusCode ?? 0,
        headers: flatten(response),
        text: await readWhole(response),
      }
    } catch (cause) {
      throw unreachable(outgoing.url, cause)
    }
  }

  /**
   * Sends it and resolves with the answer's head; its body is the caller's to read. After `silenceMs` it is given up, unless
   * the edge answers another request: then it is at work, for up to `longestMs`.
   */
  async open(
    outgoing: Outgoing,
    silenceMs: number,
    longestMs = silenceMs,
  ): Promise<IncomingMessage> {
    const { method, url, headers, body } = outgoing
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const options = {
      method,
      headers: { ...headers, ...lengthOf(body) },
      agent: this.#agentFor(url),
    }
    const request = requestHttps(url, { ...options, signal: this.#signal }, resolve)
    const giveUp = (afterMs: number) =>
      request.destroy(new TimeoutError(Math.round(afterMs / 1000)))
    const started = performance.now()
    let isOver = false
    const look = async () => {
      const tookMs = performance.now() - started
      const isAtWork = tookMs + silenceMs <= longestMs && (await this.#isThere(url))
      if (isOver) return
      if (isAtWork) timer = setTimeout(look, silenceMs)
      else giveUp(tookMs)
    }
    let timer = setTimeout(look, silenceMs)
    request.on('error', reject)
    request.end(body)
    try {
      const response = await promise
      // Once it answers, it goes on.
      request.setTimeout(silenceMs, () => giveUp(silenceMs))
      return response
    } catch (cause) {
      if (this.#signal.aborted) throw this.#signal.reason
      throw unreachable(url, cause)
    } finally {
      isOver = true
      clearTimeout(timer)
    }
  }

  /** Whether it answers anything at all. */
  #isThere(url: URL): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const options = { method: 'HEAD', agent: this.#agentFor(url), signal: this.#signal }
    const request = requestHttps(new URL('/', url), options, (response) => {
      response.resume()
      resolve(true)
    })
    request.setTimeout(this.#silenceMs, () => request.destroy())
    request.on('close', () => resolve(false))
    request.on('error', () => resolve(false))
    request.end()
    return promise
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) agent.destroy()
  }
}

function createAgent(
  environment: ExchangeOptions['environment'],
  isHome: boolean,
  ca: string | undefined,
): Agent {
  // Reading the hundred and fifty that a machine knows takes as long as everything else a command does.
  const trusted = ca === undefined || isHome ? ca : [...getCACertificates('default'), ca]
  return new Agent({
    keepAlive: true,
    lookup: lookupHost,
    ...(trusted !== undefined && { ca: trusted }),
    // HTTPS_PROXY and NO_PROXY, as every other program reads them.
    proxyEnv: environment as NodeJS.ProcessEnv,
  })
}

class TimeoutError extends Error {
  readonly code = 'ETIMEDOUT'

  constructor(seconds: number) {
    super(`no answer within ${seconds} s`)
  }
}

function lengthOf(body: string | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
}

async function readWhole(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length
    if (bytes > answerMaxBytes) throw new Error('the answer is larger than 64 MiB')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function flatten({ headers }: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  )
}

// RFC 6761 §6.3: names below `localhost` are this machine. Browsers know, resolvers of operating systems often do not.
const lookupHost: LookupFunction = (hostname, options, callback) => {
  if (!hostname.endsWith('.localhost')) {
    import('node:dns').then(({ lookup }) => lookup(hostname, options as never, callback as never))
    return
  }
  const here = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]
  if (options.all) callback(null, here)
  else callback(null, '127.0.0.1', 4)
}
