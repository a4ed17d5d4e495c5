import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { HttpClient } from '../../http-client.ts'
import { checkLooks, openPortal, type PortalStage, settled } from '../../portal-stage.ts'

let stage: PortalStage
let page: Page
before(async () => {
  stage = await openPortal()
  ;({ page } = stage)
})
after(() => stage?.[Symbol.asyncDispose]())

test('requests appear as they come, stand still on demand, and their filters are in the URL [G5]', async () => {
  const { world } = stage
  await stage.open('/requests')
  await page.getByText('Live', { exact: true }).waitFor()
  await using client = new HttpClient({ ca: world.ca })
  await client.request(`${world.home}first`)
  await page.getByRole('link', { name: /GET home\.contoso\.localhost:\d+\/first/ }).waitFor()
  await preflight(client)
  await page.getByRole('row', { name: /refused by the edge 403.*cors-no-rule/ }).waitFor()
  await checkLooks(page, 'requests')

  await page.getByRole('button', { name: 'Pause' }).click()
  await client.request(`${world.home}second`)
  await page.getByText('Paused: 1 more since').waitFor()
  assert.equal(await page.getByRole('link', { name: /second/ }).count(), 0)
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('link', { name: /second/ }).waitFor()

  await page.getByLabel('Kind').selectOption('preflight')
  await page.getByRole('link', { name: /first/ }).waitFor({ state: 'detached' })
  await page.waitForURL(/\?kind=preflight$/)
  await page.reload()
  await page.getByRole('row', { name: /cors-no-rule/ }).waitFor()
  assert.equal(await page.getByRole('link', { name: /second/ }).count(), 0)
})

test('an error page’s request id leads to the decisions, and on to the doctor with the call it was for [G5] [D2]', async () => {
  await using client = new HttpClient({ ca: stage.world.ca })
  const id = await preflight(client)
  await stage.open(`/requests/${id}`)
  await page.getByRole('heading', { name: /^Why: No CORS rule covers/ }).waitFor()
  await page.getByText('cors-no-rule').first().waitFor()
  await checkLooks(page, 'request', 'brief')
  await page.getByRole('link', { name: 'Ask the doctor' }).click()
  await page.getByText('PreflightMissingAllowOriginHeader', { exact: true }).waitFor()
  assert.equal(await page.getByLabel('Page that calls').inputValue(), 'https://page.example/')
  await stage.open('/requests/00000000-0000-4000-8000-000000000000')
  await settled(page)
  await page.getByText('No edge remembers a request with this id.').waitFor()
})

/** A preflight that no rule allows; resolves to its request id. */
async function preflight(client: HttpClient): Promise<string> {
  const answer = await client.request(`${stage.world.external('stock')}api/values`, {
    method: 'OPTIONS',
    headers: { origin: 'https://page.example', 'access-control-request-method': 'PUT' },
  })
  assert.equal(answer.status, 403)
  return String(answer.headers['x-request-id'])
}

// As much as the edge tells, for as long as it takes to see whether the page keeps up.
const burstMs = 4_000
const parallel = 24
// A longer task would be felt when typing or scrolling.
const taskMaxMs = 400

test('hundreds of requests a second do not freeze the page, and it keeps no more than it shows [G5]', async (context) => {
  const { world } = stage
  await stage.open('/requests')
  await page.getByText('Live', { exact: true }).waitFor()
  await page.evaluate(`globalThis.longest = 0
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest = Math.max(longest, duration)
    }).observe({ type: 'longtask' })`)
  await using client = new HttpClient({ ca: world.ca })
  const until = performance.now() + burstMs
  let sent = 0
  const send = async (): Promise<void> => {
    while (performance.now() < until) {
      await client.request(`${world.external('nowhere')}${sent++}`)
    }
  }
  await Promise.all(Array.from({ length: parallel }, send))
  // What was last told has to be there, drawn, before the page is judged.
  await page.locator('.tape-row').nth(50).waitFor()
  const rows = await page.locator('.tape-row').count()
  const longest = Number(await page.evaluate('longest'))
  const rate = Math.round((sent * 1000) / burstMs)
  context.diagnostic(`${rate} requests a second, longest task ${longest} ms, ${rows} rows`)
  assert.ok(rows <= 500, `${rows} rows`)
  assert.ok(longest < taskMaxMs, `${longest} ms`)
})
