import { setTimeout as sleep } from 'node:timers/promises'
import { apiFailure, notSignedIn } from './api-failure.ts'
import type { Connection } from './connection.ts'
import type { Answer } from './exchange.ts'
import { failure } from './failure.ts'
import { listAt, type Resource, textAt } from './resource.ts'

/** A call that would be made, shown by `--dry-run`. */
export interface PlannedCall {
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

export interface ApiOptions {
  readonly connect: () => Promise<Connection>
  readonly signal: AbortSignal
  /** Into the audit trail, with every change. */
  readonly reason: string | undefined
  /** Changes are collected and not made. */
  readonly dryRun: boolean
  /** Told of every exchange, for `--debug`. */
  readonly trace: (line: string) => void
  /** Told what is waited for, when that takes its time. */
  readonly waiting: (text: string) => void
}

// One command lists no more than an administrator could read; what has more is filtered at the edge.
const listMax = 100_000
const pageSize = 999
// An edge that says 429 or 503 with Retry-After is asked again, as long as a person waits for a command.
const retriesMax = 3
const retryMaxSeconds = 15
// Whoever sits before a terminal wants to know by then that something is going on.
const patienceMs = 700
// And after it that it still does.
const tickMs = 1_000

/** The management API, below `/beta`. Whatever is not a success is thrown as a Failure that says what to do. */
export class Api {
  readonly #options: ApiOptions
  readonly #planned: PlannedCall[] = []
  #connection: Promise<Connection> | undefined
  readonly #revisions: string[] = []

  constructor(options: ApiOptions) {
    this.#options = options
  }

  connection(): Promise<Connection> {
    this.#connection ??= this.#options.connect()
    return this.#connection
  }

  /** Connects anew, with a new token where the old one is about to end. */
  async renew(): Promise<void> {
    await this.close()
    this.#connection = undefined
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined)
    connection?.exchange[Symbol.dispose]()
  }

  get isDryRun(): boolean {
    return this.#options.dryRun
  }

  /** What would have been changed. */
  get planned(): readonly PlannedCall[] {
    return this.#planned
  }

  /** The revisions that were made, to go back from. */
  get revisions(): readonly string[] {
    return this.#revisions
  }

  async get(path: string): Promise<Resource> {
    return (await this.call('GET', path)) ?? {}
  }

  /** The resource, or undefined where there is none. */
  async find(path: string): Promise<Resource | undefined> {
    const answer = await this.exchange('GET', path)
    if (answer.status === 404) return undefined
    return this.#read(answer, 'GET', path)
  }

  /** A collection whole: every page of it, or as much as `max` asks for. `query` is OData's, without `$`. */
  async list(
    path: string,
    query: Readonly<Record<string, string | undefined>> = {},
    max = listMax,
  ): Promise<readonly Resource[]> {
    const items: Resource[] = []
    let next: string | undefined = withQuery(path, {
      top: String(Math.min(max, pageSize)),
      ...query,
    })
    while (next !== undefined && items.length < max) {
      const page: Resource = await this.get(next)
      items.push(...listAt(page, 'value'))
      next = await this.#nextPath(textAt(page, '@odata.nextLink'))
    }
    return items.slice(0, max)
  }

  /** A call that changes something: made, or with `--dry-run` only noted. */
  async change(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Resource | undefined> {
    if (!this.#options.dryRun) return this.call(method, path, body, headers)
    this.#planned.push({ method, path: `/beta${path}`, ...(body !== undefined && { body }) })
    return undefined
  }

  /** A call whose answer counts; it changes nothing, whatever its method. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Resource | undefined> {
    return this.#read(await this.exchange(method, path, body, headers), method, path)
  }

  /** The answer as it is, whatever its status; asked again where the edge asks to wait. */
  async exchange(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#once(method, path, body, headers)
      const seconds = waitOf(answer)
      if (seconds === undefined || attempt >= retriesMax) return answer
      this.#options.waiting(`The edge is busy and asks to wait ${seconds} s …`)
      await sleep(seconds * 1000, undefined, { signal: this.#options.signal })
    }
  }

  /** Method, headers and address of a call, with the caller's token. */
  async request(method: string, path: string, accept = 'application/json') {
    const { server, token } = await this.connection()
    if (token === undefined) throw notSignedIn(server)
    const { reason } = this.#options
    const headers: Record<string, string> = { authorization: `Bearer ${token}`, accept }
    if (reason !== undefined && method !== 'GET') headers['x-change-reason'] = reason
    const url = new URL(path.startsWith('/v1.0/') ? path : `/beta${path}`, server)
    return { method, url, headers }
  }

  async #once(
    method: string,
    path: string,
    body: unknown,
    more: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const { exchange } = await this.connection()
    const outgoing = await this.request(method, path)
    const headers = { ...outgoing.headers, ...more }
    if (body !== undefined) headers['content-type'] ??= 'application/json'
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const started = performance.now()
    using _ = this.#showWaiting(outgoing.url.host)
    const answer = await exchange.send({ ...outgoing, headers, body: text })
    const tookMs = Math.round(performance.now() - started)
    const id = answer.headers['request-id'] ?? ''
    this.#options.trace(`${method} ${outgoing.url} → ${answer.status} in ${tookMs} ms (${id})`)
    const revision = answer.headers['sallyport-revision']
    if (revision !== undefined) this.#revisions.push(revision)
    return answer
  }

  /** Until it is disposed of. */
  #showWaiting(host: string): Disposable {
    const started = performance.now()
    let timer = setTimeout(show, patienceMs, this.#options.waiting)
    function show(waiting: (text: string) => void): void {
      const seconds = Math.round((performance.now() - started) / 1000)
      waiting(`Waiting for ${host} …${seconds > 1 ? ` ${seconds} s` : ''}`)
      timer = setTimeout(show, tickMs, waiting)
    }
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  }

  async #read(answer: Answer, method: string, path: string): Promise<Resource | undefined> {
    const { server } = await this.connection()
    if (answer.status < 200 || answer.status > 299) {
      throw apiFailure(answer, { method, path: `/beta${path}`, server })
    }
    if (answer.text === '') return undefined
    try {
      const value = JSON.parse(answer.text) as Resource
      const tag = answer.headers['etag']
      return tag === undefined ? value : { '@odata.etag': tag, ...value }
    } catch (cause) {
      const message = `${server} did not answer with JSON. Is it an edge's management API?`
      throw Object.assign(failure('not-an-edge', message), { cause })
    }
  }

  /** Links stay at the edge that was asked: a token goes nowhere else. */
  async #nextPath(link: string): Promise<string | undefined> {
    if (link === '') return undefined
    const url = URL.parse(link)
    if (!url?.pathname.startsWith('/beta/')) {
      throw failure('foreign-link', `The edge continues a list at ${link}, which is not its API.`)
    }
    return url.pathname.slice('/beta'.length) + url.search
  }
}

function waitOf({ status, headers }: Answer): number | undefined {
  const seconds = Number(headers['retry-after'])
  const isLater = (status === 429 || status === 503) && seconds > 0 && seconds <= retryMaxSeconds
  return isLater ? seconds : undefined
}

/** A path with OData options; those without a value are left out. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): string {
  const said = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  if (said.length === 0) return path
  const written = said.map(([name, value]) => `$${name}=${encodeURIComponent(value ?? '')}`)
  return `${path}${path.includes('?') ? '&' : '?'}${written.join('&')}`
}

/** A word as OData writes it: in quotes, its own doubled. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The header that lets a change count only if nobody changed the resource since it was read (RFC 9110 §13.1.1). */
export function ifUnchanged(resource: Resource): Readonly<Record<string, string>> {
  const tag = textAt(resource, '@odata.etag')
  return tag === '' ? {} : { 'if-match': tag }
}
