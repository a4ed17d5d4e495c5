import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Json } from '../../../src/run/graph-client.ts'
import { type CallInit, corsFailure } from '../../browser.ts'
import { type CorsWorld, startCorsWorld } from '../../cors-world.ts'
import { signIn, type World } from '../../world.ts'

// A call fails in Chromium; the doctor says what Chromium says, and what it offers first lets the call through there.

let cors: CorsWorld
let world: World
let home: Page

before(async () => {
  cors = await startCorsWorld()
  world = cors.world
  home = await (await world.profile()).newPage()
  await signIn(home, `${world.home}nothing`, world.alice)
})
after(() => cors?.[Symbol.asyncDispose]())

interface Examined {
  readonly verdict: string
  readonly corsError: string | null
  readonly failedParameter: string | null
  readonly findings: readonly {
    readonly id: string
    readonly options: readonly {
      readonly id: string
      readonly change: { readonly method: string; readonly path: string; readonly body: Json }
    }[]
  }[]
}

async function examine(url: string, { method, headers, credentials }: CallInit): Promise<Examined> {
  const fields = Object.entries(headers ?? {}).map(([name, value]) => ({ name, value }))
  const question = { pageUrl: `${world.home}nothing`, targetUrl: url, headers: fields }
  const body = { ...question, ...(method && { method }), ...(credentials && { credentials }) }
  return (await world.graph.call('POST', '/doctor/examine', body)) as unknown as Examined
}

const put: CallInit = { method: 'PUT', credentials: 'include' }

const cases: readonly (readonly [what: string, path: string, init: CallInit, finding: string])[] = [
  [
    'a method that the rule lacks',
    'api/listed',
    { ...put, method: 'DELETE' },
    'method-not-allowed',
  ],
  [
    'a header that it lacks',
    'api/listed',
    { ...put, headers: { 'x-new': '1' } },
    'header-not-allowed',
  ],
  ['a rule for another page', 'api/theirs', put, 'origin-not-allowed'],
  ['a rule without the port', 'api/near', put, 'origin-not-allowed'],
  ['a rule without credentials', 'api/anonymous', put, 'credentials-not-allowed'],
  ['no rule', 'api/none', put, 'no-rule'],
]
for (const [what, path, init, finding] of cases) {
  test(`${what}: the doctor says what Chromium says, and its first option cures the call there [D2] [C15]`, async () => {
    const url = cors.fill(`{api}/${path}`)
    const failure = await corsFailure(home, url, init)
    const examined = await examine(url, init)
    assert.equal(examined.corsError, failure?.corsError)
    assert.equal(examined.failedParameter ?? '', failure?.failedParameter)
    assert.equal(examined.findings[0]?.id, finding)

    const [option] = examined.findings[0]?.options ?? []
    assert.ok(option)
    const { method, path: place, body } = option.change
    await world.graph.call(method, place.replace('/beta', ''), body)
    assert.equal((await examine(url, init)).verdict, 'allowed')
    assert.equal(await corsFailure(home, url, init), undefined)
  })
}
