import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { accessibilityProblems, openProfile, saveScreenshot } from '../../test/browser.ts'
import { HttpClient } from '../../test/http-client.ts'
import type { App } from './app.ts'
import { startCorsWebClient } from './web-client.ts'
import { startContosoServer } from './web-server.ts'
import { startCorsWebService } from './web-service.ts'

test('the page learns where the service is from the configuration', async () => {
  await using app = await startCorsWebClient({ port: 0, serviceUrl: 'https://api.example/' })
  await using client = new HttpClient()
  const base = `http://127.0.0.1:${app.port}`
  const configuration = await client.request(`${base}/config.json`)
  assert.deepEqual(JSON.parse(configuration.text), { serviceUrl: 'https://api.example/' })
  const page = await client.request(base)
  assert.match(
    String(page.headers['content-security-policy']),
    /'self' https:\/\/api\.example wss:/,
  )
  assert.equal((await client.request(`${base}/constructor`)).status, 404)
  assert.equal((await client.request(base, { method: 'POST' })).status, 405)
})

test('with nothing in front, every cross-origin call fails but the WebSocket', async () => {
  await using service = await startCorsWebService({ port: 0 })
  await using client = await startClientOf(service)
  await using profile = await openProfile()
  const page = await profile.newPage()
  await page.goto(`http://localhost:${client.port}/`)
  // WebSockets know no CORS: the server is expected to look at Origin itself (RFC 6455 §10.2).
  assert.deepEqual(await pressAll(page), { ...outcomes('bad'), talk: 'good' })
  assert.match(
    String(await page.textContent('[data-outcome-of=get] .hint')),
    /TypeError: Failed to fetch/,
  )
  await saveScreenshot(page, 'contoso-blocked')
})

test('with the service changed for CORS, every call succeeds, preflights included', async () => {
  await using service = await startCorsWebService({ port: 0, cors: 'code' })
  await using client = await startClientOf(service)
  await using profile = await openProfile()
  const page = await profile.newPage()
  await page.goto(`http://localhost:${client.port}/`)
  assert.deepEqual(await pressAll(page), outcomes('good'))
  assert.ok(service.requests.some((request) => request.method === 'OPTIONS'))
  await saveScreenshot(page, 'contoso-allowed')
})

test('with both in one directory of one web server, there is nothing to allow', async () => {
  await using server = await startContosoServer({ port: 0 })
  await using profile = await openProfile()
  const page = await profile.newPage()
  await page.goto(`http://localhost:${server.port}/CORSWebClient`)
  assert.deepEqual(await pressAll(page), outcomes('good'))
  assert.ok(server.requests.every((request) => request.method !== 'OPTIONS'))
})

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the page is accessible in its ${colorScheme} colours`, async () => {
    await using service = await startCorsWebService({ port: 0 })
    await using client = await startClientOf(service)
    await using profile = await openProfile()
    const page = await profile.newPage()
    await page.emulateMedia({ colorScheme })
    await page.goto(`http://localhost:${client.port}/`)
    await pressAll(page)
    await saveScreenshot(page, `contoso-${colorScheme}`)
    assert.deepEqual(await accessibilityProblems(page), [])
  })
}

function startClientOf(service: App): Promise<App> {
  return startCorsWebClient({ port: 0, serviceUrl: `http://localhost:${service.port}/` })
}

const everyCall = ['get', 'put', 'post', 'remove', 'talk', 'watch', 'upload', 'download']

function outcomes(outcome: 'good' | 'bad'): Record<string, string> {
  return Object.fromEntries(everyCall.map((call) => [call, outcome]))
}

/** Presses every button at once and waits for what each of them comes to. */
async function pressAll(page: Page): Promise<Record<string, string>> {
  await page.locator('html[data-ready]').waitFor()
  await page.evaluate(`document.querySelectorAll('[data-call]').forEach((it) => it.click())`)
  const found = everyCall.map(async (call) => {
    const classes = await page.locator(`[data-outcome-of=${call}]`).getAttribute('class')
    return [call, classes?.replace('entry ', '') ?? ''] as const
  })
  return Object.fromEntries(await Promise.all(found))
}
