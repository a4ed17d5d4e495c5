import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { handOverData, type TestBrowser } from '../fixture-browser.ts'
import { alice, password, startWorld, type World } from '../fixture-world.ts'

const many = Array.from({ length: 30 }, (_, i) => `s${i}`)
const most = Array.from({ length: 200 }, (_, i) => `t${i}`)

let world: World
before(async () => {
  world = await startWorld({ two: ['a', 'b'], five: ['c', 'd', 'e', 'f', 'g'], thirty: many, most })
})
after(() => world[Symbol.asyncDispose]())

async function signInAt(
  host: string,
  metadata = true,
): Promise<{ browser: TestBrowser; hops: readonly string[] }> {
  const browser = world.browser({ metadata })
  const form = await browser.open(`${world.origin(host)}/start#here`)
  const shown = await browser.signIn(form, alice.name, password)
  assert.equal(shown.url, `${world.origin(host)}/start#here`)
  return { browser, hops: shown.hops }
}

/** The status of a cross-origin fetch with credentials, which follows no redirect. [S2] */
async function fetchFrom(browser: TestBrowser, page: string, host: string): Promise<number> {
  const { status } = await browser.send(`${world.origin(host)}/data`, {
    headers: { origin: world.origin(page), 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
  })
  return status
}

for (const [count, hosts] of [
  ['two', ['a', 'b']],
  ['five', ['c', 'd', 'e', 'f', 'g']],
  ['thirty', many],
] as const) {
  test(`one sign-in readies all ${count} hosts, by the page [S2]`, async () => {
    const { browser, hops } = await signInAt(hosts[0])
    for (const host of hosts) assert.equal(await fetchFrom(browser, hosts[0], host), 200, host)
    assert.ok(hops.length < 10, 'the page does not walk')
  })
}

test('of two hundred hosts of one registrable domain 120 are readied beside the first, so that no browser drops a cookie; the others ask the provider [S2]', async () => {
  const { browser } = await signInAt('t0')
  const ready = await Promise.all(most.map((host) => fetchFrom(browser, 't0', host)))
  assert.equal(ready.filter((status) => status === 200).length, 121)
  assert.deepEqual(new Set(ready.slice(0, 121)), new Set([200]))
  const last = await browser.open(`${world.origin('t199')}/there`)
  assert.equal(last.url, `${world.origin('t199')}/there`)
  assert.match(last.body, /alice/)
})

for (const [count, hosts, reached] of [
  ['two', ['a', 'b'], 2],
  ['five', ['c', 'd', 'e', 'f', 'g'], 5],
  ['thirty', many, 15],
] as const) {
  test(`one sign-in readies ${reached} of ${count} hosts without script, in one chain a browser follows [S2]`, async () => {
    const { browser, hops } = await signInAt(hosts[0], false)
    const ready = await Promise.all(hosts.map((host) => fetchFrom(browser, hosts[0], host)))
    assert.equal(ready.filter((status) => status === 200).length, reached)
    // signInAt() gives up after 20 redirects, as browsers do; single sign-on is the longest way.
    assert.ok(hops.length <= 21)
    browser.cookies.delete(`${hosts[0]}.contoso.localhost`)
    const again = await browser.go(`${world.origin(hosts[0])}/again`)
    assert.equal(again.url, `${world.origin(hosts[0])}/again`)
  })
}

/** The hand-over page after signing in at host `a`, before its script has run. */
async function pageAtA() {
  const browser = world.browser()
  const form = await browser.open(`${world.origin('a')}/start`)
  const body = new URLSearchParams({ username: alice.name, password }).toString()
  const page = await browser.go(form.url, { method: 'POST', body })
  const data = handOverData(page.body)
  assert.ok(data)
  const [url, ticket] = data.tickets[0] as [string, string]
  return { browser, page, url, ticket }
}

test('the page may call the siblings and nobody else, and has a way on without script [S2]', async () => {
  const { page } = await pageAtA()
  const csp = String(page.headers['content-security-policy'])
  assert.ok(csp.includes(`connect-src ${world.origin('b')};`), csp)
  assert.match(csp, /script-src 'sha256-/)
  assert.ok(
    page.body.includes(`<noscript><meta http-equiv="refresh" content="0;url=${world.origin('b')}/`),
  )
})

test('the chain of a page without script readies the sibling and ends at the target [S2]', async () => {
  const { browser, page } = await pageAtA()
  const chain = /content="0;url=([^"]+)"/.exec(page.body)?.[1] ?? ''
  const shown = await browser.go(chain, { headers: { 'sec-fetch-site': 'same-site' } })
  assert.equal(shown.url, `${world.origin('a')}/start`)
  assert.equal(await fetchFrom(browser, 'a', 'b'), 200)
  assert.ok(!shown.hops.some((hop) => hop.includes('/.sallyport/sign-in')))
})

const strangers = [
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['the address bar', { 'sec-fetch-site': 'none' }],
  [
    'a link in an application of the same site',
    { 'sec-fetch-site': 'same-site', 'sec-fetch-user': '?1' },
  ],
] as const
for (const [where, headers] of strangers) {
  test(`a chain entered from ${where} signs nobody in [S3]`, async () => {
    const { page } = await pageAtA()
    const victim = world.browser()
    const chain = /content="0;url=([^"]+)"/.exec(page.body)?.[1] ?? ''
    await victim.go(chain, { headers, follow: 0 })
    assert.equal(await fetchFrom(victim, 'a', 'b'), 401)
  })
}

test('a ticket is answered with the cookie and the CORS headers of its page [S2]', async () => {
  const { browser, url, ticket } = await pageAtA()
  const headers = { origin: world.origin('a') }
  const answer = await browser.send(url, { method: 'POST', body: ticket, headers })
  assert.equal(answer.status, 204)
  assert.equal(answer.headers['access-control-allow-origin'], world.origin('a'))
  assert.equal(answer.headers['access-control-allow-credentials'], 'true')
  assert.equal(answer.headers['vary'], 'Origin')
  assert.equal(await fetchFrom(browser, 'a', 'b'), 200)
})

type Post = { url: string; ticket: string; headers: Record<string, string> }
const refusals: readonly [
  what: string,
  change: (post: Post) => Partial<Post> | Promise<Partial<Post>>,
  because: string,
][] = [
  ['from a foreign page', () => ({ headers: { origin: 'https://evil.test' } }), 'foreign-origin'],
  [
    'from another host of the application',
    () => ({ headers: { origin: world.origin('b') } }),
    'foreign-origin',
  ],
  ['from no page', () => ({ headers: {} }), 'foreign-origin'],
  ['from a page without an origin', () => ({ headers: { origin: 'null' } }), 'foreign-origin'],
  ['at another host', ({ url }) => ({ url: url.replace('//b.', '//c.') }), 'other-host'],
  ['tampered with', ({ ticket }) => ({ ticket: `${ticket.slice(0, -2)}AA` }), 'bad-ticket'],
  ['empty', () => ({ ticket: '' }), 'bad-ticket'],
  [
    'twice',
    async (post) => {
      await world
        .browser()
        .send(post.url, { method: 'POST', body: post.ticket, headers: post.headers })
      return {}
    },
    'used-or-ended',
  ],
  [
    'after the session has ended',
    async () => {
      await world.sessions.end({ personId: alice.id })
      return {}
    },
    'used-or-ended',
  ],
  [
    'a minute later',
    () => {
      world.clock.aheadMs += 60_000
      return {}
    },
    'bad-ticket',
  ],
]
for (const [what, change, because] of refusals) {
  test(`a ticket handed in ${what} is refused and sets no cookie [S3]`, async () => {
    const { url, ticket } = await pageAtA()
    const good: Post = { url, ticket, headers: { origin: world.origin('a') } }
    const post = { ...good, ...(await change(good)) }
    const victim = world.browser()
    const answer = await victim.send(post.url, {
      method: 'POST',
      body: post.ticket,
      headers: post.headers,
    })
    assert.equal(answer.status, 403)
    assert.equal(JSON.parse(answer.body).because, because)
    assert.equal(answer.headers['set-cookie'], undefined)
    assert.equal(answer.headers['access-control-allow-origin'], undefined)
  })
}

test('the page shown to a browser without the session gives away no ticket [S3]', async () => {
  const { page } = await pageAtA()
  const shown = await world.browser().go(page.url, { follow: 0 })
  assert.equal(shown.status, 302)
  assert.equal(shown.headers['location'], `${world.origin('a')}/start`)
})

test('a ticket for the chain opens neither the page nor the endpoint, nor the other way round', async () => {
  const { url, ticket, page } = await pageAtA()
  const chain = new URL(/content="0;url=([^"]+)"/.exec(page.body)?.[1] ?? '').searchParams.get('to')
  const headers = { origin: world.origin('a') }
  const posted = await world.browser().send(url, { method: 'POST', body: chain ?? '', headers })
  assert.equal(posted.status, 403)
  const visited = await world.browser().go(`${url}?to=${ticket}`, { follow: 0 })
  assert.equal(visited.status, 400)
})

test('a page that is opened again late just goes on [S7]', async () => {
  const { browser, page } = await pageAtA()
  world.clock.aheadMs += 120_000
  const shown = await browser.go(page.url)
  assert.equal(shown.url, `${world.origin('a')}/start`)
})
