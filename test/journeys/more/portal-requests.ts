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

interface TraceEvent {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Microseconds that the thread was at work. */
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/**
 * From now on watches how long pages work on one thing. By the clock of their thread: that a busy machine lets a page wait
 * is none of its doing. Resolves to what tells the longest, in milliseconds.
 */
async function watchTasks(watched: Page): Promise<() => Promise<number>> {
  const browser = watched.context().browser()
  assert.ok(browser)
  const categories = ['-*', 'disabled-by-default-devtools.timeline']
  await browser.startTracing(watched, { categories })
  return async () => {
    const text = (await browser.stopTracing()).toString()
    const { traceEvents } = JSON.parse(text) as { readonly traceEvents: readonly TraceEvent[] }
    const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
    const named = traceEvents.filter(({ name }) => name === 'thread_name')
    const mains = new Set(
      named.filter(({ args }) => args.name === 'CrRendererMain').map((each) => threadOf(each)),
    )
    const tasks = traceEvents.filter((each) => each.name === 'RunTask' && mains.has(threadOf(each)))
    assert.ok(tasks.length > 0)
    return tasks.reduce((most, { tdur = 0 }) => Math.max(most, tdur / 1000), 0)
  }
}

test('hundreds of requests a second do not freeze the page, and it keeps no more than it shows [G5]', async (context) => {
  const { world } = stage
  await stage.open('/requests')
  await page.getByText('Live', { exact: true }).waitFor()
  const longestTask = await watchTasks(page)
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
  const longest = await longestTask()
  const rate = Math.round((sent * 1000) / burstMs)
  context.diagnostic(`${rate} requests a second, longest task ${longest} ms, ${rows} rows`)
  assert.ok(rows <= 500, `${rows} rows`)
  assert.ok(longest < taskMaxMs, `${longest} ms`)
})
