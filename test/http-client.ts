import { lookup as systemLookup } from 'node:dns'
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { CookieJar } from './cookie-jar.ts'
import { type HtmlForm, parseForms } from './html-form.ts'

// As many as browsers follow (Fetch, HTTP-redirect fetch, step 8).
const redirectsMax = 20

// Longer than any answer of a healthy test takes, shorter than the test runner's own limit.
const answerTimeoutMs = 30_000

export interface HttpClientOptions {
  /** PEM certificates to trust besides none: certificate checks are never switched off. */
  readonly ca?: string | readonly string[]
  /** Headers for every request; the request's own win. */
  readonly headers?: Readonly<Record<string, string>>
  /** False: a connection for each request. */
  readonly keepAlive?: boolean
}

export interface TestRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Uint8Array
}

/** A whole answer. `headers` joins repeats as Node does; `rawHeaders` is what stood on the wire. */
export interface TestResponse {
  readonly url: URL
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  readonly text: string
  /** The answers that led here by redirect, first to last. */
  readonly hops: readonly TestResponse[]
}

/**
 * A browser without eyes: keeps cookies, trusts the given authority, finds `*.localhost` on 127.0.0.1, follows
 * redirects only when it navigates. Use `await using`.
 */
export class HttpClient implements AsyncDisposable {
  readonly cookies = new CookieJar()
  readonly #headers: Readonly<Record<string, string>>
  readonly #http: HttpAgent
  readonly #https: HttpsAgent

  constructor(options: HttpClientOptions = {}) {
    this.#headers = options.headers ?? {}
    const { keepAlive = true } = options
    this.#http = new HttpAgent({ keepAlive, lookup: lookupLocalhost })
    this.#https = new HttpsAgent({
      keepAlive,
      lookup: lookupLocalhost,
      ...(options.ca === undefined ? {} : { ca: [options.ca].flat() }),
    })
  }

  /** Sends one request and reads its whole answer; redirects are not followed. Rejects with the socket's error. */
  async request(address: string | URL, init: TestRequest = {}): Promise<TestResponse> {
    const url = new URL(address)
    const message = await this.#send(url, init)
    const body = await buffer(message)
    this.cookies.store(url, message.headers['set-cookie'] ?? [])
    return {
      url,
      status: message.statusCode ?? 0,
      headers: message.headers,
      rawHeaders: message.rawHeaders,
      body,
      text: body.toString(),
      hops: [],
    }
  }

  /** A page visit as Chromium sends it: Accept, Fetch Metadata, redirects followed to the end. */
  async navigate(address: string | URL, init: TestRequest = {}): Promise<TestResponse> {
    const hops: TestResponse[] = []
    let target = new URL(address)
    let request = init
    for (;;) {
      const headers = { ...navigationHeaders, ...request.headers }
      const answer = await this.request(target, { ...request, headers })
      const location = answer.headers.location
      if (answer.status < 300 || answer.status > 399 || !location) return { ...answer, hops }
      hops.push(answer)
      if (hops.length > redirectsMax) throw new Error(`more than ${redirectsMax} redirects`)
      request = afterRedirect(answer.status, request)
      target = new URL(location, target)
    }
  }

  /** Sends the page's form number `index` with `fields` filled in, and follows where it leads. */
  submit(
    page: TestResponse,
    fields: Readonly<Record<string, string>> = {},
    index = 0,
  ): Promise<TestResponse> {
    const form = parseForms(page.text, page.url)[index]
    if (!form) throw new Error(`no form ${index} at ${page.url}: ${page.status} ${page.text}`)
    const filled = new URLSearchParams(form.fields)
    for (const [name, value] of Object.entries(fields)) filled.set(name, value)
    return this.navigate(...submission(form, filled, page.url))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.destroy()
    this.#https.destroy()
  }

  #send(url: URL, init: TestRequest): Promise<IncomingMessage> {
    const cookie = this.cookies.header(url)
    const headers = {
      ...this.#headers,
      ...(cookie ? { cookie } : {}),
      // Node writes the body of a DELETE without any framing unless it is told the length.
      ...(init.body ? { 'content-length': String(Buffer.byteLength(init.body)) } : {}),
      ...init.headers,
    }
    const secure = url.protocol === 'https:'
    return new Promise((resolve, reject) => {
      const request = (secure ? requestHttps : requestHttp)(url, {
        method: init.method ?? 'GET',
        headers: headers as Record<string, string | string[]>,
        agent: secure ? this.#https : this.#http,
        signal: AbortSignal.timeout(answerTimeoutMs),
      })
      request.once('response', resolve)
      request.once('error', reject)
      request.end(init.body)
    })
  }
}

const navigationHeaders = {
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'accept-language': 'en-GB,en;q=0.9',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-site': 'none',
  'sec-fetch-user': '?1',
  'upgrade-insecure-requests': '1',
} as const

// Fetch, HTTP-redirect fetch, step 12: a POST becomes a GET after 301 and 302, everything but HEAD after 303.
function afterRedirect(status: number, request: TestRequest): TestRequest {
  const method = request.method ?? 'GET'
  const toGet = status === 303 ? method !== 'HEAD' : method === 'POST' && status <= 302
  if (!toGet) return request
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => !/^content-/i.test(name))
  return { headers: Object.fromEntries(headers) }
}

function submission(form: HtmlForm, filled: URLSearchParams, page: URL): [URL, TestRequest] {
  const action = new URL(form.action)
  const headers = { referer: page.href }
  if (form.method === 'GET') {
    action.search = filled.toString()
    return [action, { headers }]
  }
  return [
    action,
    {
      method: 'POST',
      headers: {
        ...headers,
        origin: page.origin,
        'sec-fetch-site': action.origin === page.origin ? 'same-origin' : 'cross-site',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: filled.toString(),
    },
  ]
}

/** Names under `localhost` are this machine (RFC 6761 §6.3), which the system's resolver may not know. */
export const lookupLocalhost: LookupFunction = (host, options, callback) => {
  if (!/(?:^|\.)localhost$/i.test(host) || isIP(host)) {
    systemLookup(host, options, callback)
    return
  }
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
  else callback(null, '127.0.0.1', 4)
}
