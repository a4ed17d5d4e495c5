import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../fixture-world.ts'
import { commandLineClientId } from './command-line-client.ts'

let world: World
let login: string
before(async () => {
  world = await startWorld({ shop: ['home'] })
  login = world.origin('login')
})
after(() => world[Symbol.asyncDispose]())

async function openCodePage() {
  const browser = world.browser()
  let page = await browser.go(`${login}/device`)
  return async (code: string, path = '/device') => {
    // Each page has a secret of its own; the one that refuses has none.
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
    const body = new URLSearchParams({ xsrf, user_code: code }).toString()
    page = await browser.go(`${login}${path}`, { method: 'POST', body })
    return page
  }
}

function askForCode(path = '/device/auth') {
  const body = new URLSearchParams({ client_id: commandLineClientId, scope: 'openid' }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const browser = world.browser({ metadata: false })
  return browser.send(`${login}${path}`, { method: 'POST', body, headers })
}

test('guessing at the codes of programs is 429 after twenty, in any spelling of the path, also for a right one [S11]', async () => {
  const code = JSON.parse((await askForCode()).body).user_code
  const enter = await openCodePage()
  const paths = ['/device', '/DEVICE', '/device/', '/Device/']
  for (let i = 0; i < 20; i++) {
    // A code of one's own in between forgives nothing.
    if (i % 5 === 0) assert.equal((await enter(code)).status, 200)
    const guess = await enter(`BBBB-BBB${'CDFGHJKLMNPQRSTVWXZB'[i]}`, paths[i % 4])
    assert.equal(guess.status, 400)
  }
  for (const path of paths) {
    const next = await enter(code, path)
    assert.equal(next.status, 429)
    assert.ok(Number(next.headers['retry-after']) > 200)
    assert.match(next.body, /Too many codes/)
  }
  assert.equal((await (await openCodePage())(code)).status, 429)
  world.clock.aheadMs = 6 * 60_000
  assert.equal((await (await openCodePage())(code)).status, 200)
})

test('whoever begins sign-ins of programs without end is told to come back [S11] [R7]', async () => {
  world.clock.aheadMs = 24 * 60 * 60_000
  const answers = await Promise.all(Array.from({ length: 60 }, () => askForCode()))
  assert.ok(answers.every(({ status }) => status === 200))
  for (const path of ['/device/auth', '/Device/AUTH/']) {
    const { status, headers, body } = await askForCode(path)
    assert.equal(status, 429)
    assert.ok(Number(headers['retry-after']) > 200)
    assert.equal(JSON.parse(body).error, 'slow_down')
  }
})
