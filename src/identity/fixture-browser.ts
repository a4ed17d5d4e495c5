import type { Dispatcher } from 'undici'
import { request } from 'undici'

interface StoredCookie {
  readonly name: string
  readonly value: string
  readonly path: string
}

/** What the browser has in front of it after a navigation. */
export interface Shown {
  readonly status: number
  /** Fragment included. */
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Every URL that was asked for on the way. */
  readonly hops: readonly string[]
}

interface Going {
  readonly method?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  /** How many redirects to follow; browsers give up after 20. */
  readonly follow?: number
}

const browserRedirects = 20

/**
 * A cookie jar that follows redirects and carries fragments. With `metadata` it also sends what a browser sends on a
 * navigation and plays the two scripts of the sign-in pages; without, it is any HTTP client.
 */
export class TestBrowser {
  readonly cookies = new Map<string, StoredCookie[]>()
  readonly #dispatcher: Dispatcher
  readonly #metadata: boolean

  constructor(dispatcher: Dispatcher, options: { readonly metadata: boolean }) {
    this.#dispatcher = dispatcher
    this.#metadata = options.metadata
  }

  /** One request, redirects followed, no script played. */
  async go(url: string, going: Going = {}): Promise<Shown> {
    let { method = 'GET', body } = going
    const hops: string[] = []
    let at = new URL(url)
    for (;;) {
      hops.push(at.href)
      const headers = { ...this.#headers(body), ...going.headers }
      const answer = await this.send(at.href, { method, headers, ...(body ? { body } : {}) })
      const location = answer.headers['location']
      const redirected = answer.status >= 300 && answer.status < 400 && location !== undefined
      if (!redirected || hops.length > (going.follow ?? browserRedirects)) {
        if (redirected && going.follow === undefined) throw new Error('too many redirects')
        return { ...answer, url: at.href, hops }
      }
      const next = new URL(String(location), at)
      if (next.hash === '') next.hash = at.hash
      at = next
      method = 'GET'
      body = undefined
    }
  }

  /** Opens a page as a person does: with the scripts of the sign-in pages, until something else is shown. */
  async open(url: string, going: Going = {}): Promise<Shown> {
    let shown = await this.go(url, going)
    const hops = [...shown.hops]
    for (let pages = 0; pages < 10; pages++) {
      const next = await this.#play(shown)
      if (next === undefined) return { ...shown, hops }
      shown = await this.go(next)
      hops.push(...shown.hops)
    }
    throw new Error('the pages never end')
  }

  /** Fills in and sends the login form that is shown. */
  async signIn(form: Shown, userName: string, password: string): Promise<Shown> {
    const body = new URLSearchParams({ username: userName, password }).toString()
    return this.open(form.url, { method: 'POST', body })
  }

  /** One request with this jar's cookies, nothing followed. */
  async send(
    url: string,
    options: { method?: string; body?: string; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Omit<Shown, 'hops'>> {
    const at = new URL(url)
    const cookie = this.cookieField(at)
    const answer = await request(at, {
      dispatcher: this.#dispatcher,
      method: (options.method ?? 'GET') as Dispatcher.HttpMethod,
      headers: { ...options.headers, ...(cookie ? { cookie } : {}) },
      body: options.body ?? null,
    })
    this.#keep(at, answer.headers['set-cookie'])
    return {
      status: answer.statusCode,
      url,
      headers: answer.headers,
      body: await answer.body.text(),
    }
  }

  cookieField(at: URL): string {
    const kept = this.cookies.get(at.hostname) ?? []
    return kept
      .filter(({ path }) => at.pathname.startsWith(path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ')
  }

  #headers(body: string | undefined): Record<string, string> {
    const form = body ? { 'content-type': 'application/x-www-form-urlencoded' } : {}
    const accept = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    if (!this.#metadata) return { ...accept, ...form }
    const metadata = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    return { ...accept, ...form, ...metadata, 'sec-fetch-site': 'same-origin' }
  }

  #keep(at: URL, setCookie: string | string[] | undefined): void {
    const jar = this.cookies.get(at.hostname) ?? []
    for (const line of setCookie === undefined ? [] : [setCookie].flat()) {
      const [pair = '', ...attributes] = line.split('; ')
      const name = pair.slice(0, pair.indexOf('='))
      const lower = attributes.map((attribute) => attribute.toLowerCase())
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/'
      if (name.startsWith('__Host-') && (path !== '/' || !lower.includes('secure'))) continue
      const others = jar.filter((cookie) => cookie.name !== name || cookie.path !== path)
      const gone =
        lower.includes('max-age=0') || lower.some((a) => a.startsWith('expires=thu, 01 jan 1970'))
      jar.splice(0, jar.length, ...others)
      if (!gone) jar.push({ name, value: pair.slice(pair.indexOf('=') + 1), path })
    }
    this.cookies.set(at.hostname, jar)
  }

  // The two scripts, as they stand in pages.ts.
  async #play(shown: Shown): Promise<string | undefined> {
    if (!this.#metadata) return undefined
    const at = new URL(shown.url)
    if (shown.body.includes("'&fragment='")) {
      return `${at.origin}${at.pathname}${at.search}&fragment=${encodeURIComponent(at.hash)}`
    }
    const data = handOverData(shown.body)
    if (!data) return undefined
    await Promise.allSettled(
      data.tickets.map(([url, body]) =>
        this.send(url, { method: 'POST', body, headers: { origin: at.origin } }),
      ),
    )
    return data.target
  }
}

/** The data of a hand-over page; undefined when this is none. */
export function handOverData(
  body: string,
): { readonly tickets: [url: string, ticket: string][]; readonly target: string } | undefined {
  const json = /<script type="application\/json" id="data">(.*?)<\/script>/.exec(body)?.[1]
  const data = json === undefined ? undefined : JSON.parse(json)
  return data?.tickets === undefined ? undefined : data
}
