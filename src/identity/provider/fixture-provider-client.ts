import { createHash } from 'node:crypto'
import type { Shown, TestBrowser } from '../fixture-browser.ts'
import { alice, clientId, clientSecret, password, type World } from '../fixture-world.ts'

/** What the token endpoint answered. */
export interface Tokens {
  readonly status: number
  readonly error?: string
  readonly id_token: string
  readonly access_token: string
  readonly refresh_token: string
}

const verifier = 'v'.repeat(43)

/** Speaks to the embedded provider as the edge does, for tests that look at what it says. */
export class ProviderClient {
  readonly #world: () => World

  /** `world`: asked for when it is needed, because tests start it later. */
  constructor(world: () => World) {
    this.#world = world
  }

  get #login(): string {
    return this.#world().origin('login')
  }

  get #redirectUri(): string {
    return `${this.#login}/.sallyport/callback`
  }

  /** What the edge would ask, with changes. */
  authorizationUrl(change: Readonly<Record<string, string>> = {}): string {
    const url = new URL(`${this.#login}/auth`)
    url.search = new URLSearchParams({
      client_id: clientId,
      redirect_uri: this.#redirectUri,
      response_type: 'code',
      scope: 'openid profile email',
      nonce: 'n',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      claims: JSON.stringify({ id_token: { sid: null } }),
      ...change,
    }).toString()
    return url.href
  }

  async askToken(grant: Readonly<Record<string, string>>): Promise<Tokens> {
    const client = { client_id: clientId, client_secret: clientSecret }
    const answer = await this.#world()
      .browser({ metadata: false })
      .send(`${this.#login}/token`, {
        method: 'POST',
        body: new URLSearchParams({ ...client, ...grant }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      })
    return { status: answer.status, ...JSON.parse(answer.body) }
  }

  /** Trades the code in the address that the browser was sent back to. */
  redeem(callback: string): Promise<Tokens> {
    const code = new URL(callback).searchParams.get('code') ?? ''
    const more = { code, redirect_uri: this.#redirectUri, code_verifier: verifier }
    return this.askToken({ grant_type: 'authorization_code', ...more })
  }

  refresh({ refresh_token }: Tokens): Promise<Tokens> {
    return this.askToken({ grant_type: 'refresh_token', refresh_token })
  }

  /** Sends a form of the sign-in; shows the next page, or what stands before the callback when it was the last one. */
  async send(
    browser: TestBrowser,
    form: Shown,
    fields: Readonly<Record<string, string>>,
  ): Promise<Shown & { readonly callback: string | undefined }> {
    const body = new URLSearchParams(fields).toString()
    let shown = await browser.go(form.url, { method: 'POST', body, follow: 0 })
    for (;;) {
      const to = shown.headers['location']
      const next = to === undefined ? undefined : new URL(String(to), shown.url).href
      if (next === undefined) return { ...shown, callback: undefined }
      if (next.startsWith(this.#redirectUri)) return { ...shown, callback: next }
      shown = await browser.go(next, { follow: 0 })
    }
  }

  /** Signs Alice in with her password. */
  async signIn(browser: TestBrowser): Promise<Tokens> {
    const form = await browser.open(this.authorizationUrl())
    const { callback } = await this.send(browser, form, { username: alice.name, password })
    return this.redeem(callback ?? '')
  }
}
