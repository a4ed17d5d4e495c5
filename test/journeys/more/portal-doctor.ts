import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { checkLooks, openPortal, type PortalStage, settled } from '../../portal-stage.ts'

let stage: PortalStage
let page: Page
before(async () => {
  stage = await openPortal()
  ;({ page } = stage)
})
after(() => stage?.[Symbol.asyncDispose]())

test('the page of the demo fails on purpose; Explain, Apply, and it works; Undo, and it fails again [D2] [G5]', async () => {
  const shop = await stage.profile.newPage()
  await shop.goto(stage.world.external('shop'))
  // Before that a click leads nowhere.
  await shop.locator('html[data-ready="yes"]').waitFor()
  assert.match(await tryIt(shop), /failed/)

  await stage.open('/')
  await page.getByRole('link', { name: 'Let the doctor explain' }).click()
  await page.getByRole('heading', { name: /^Blocked/ }).waitFor()
  await page.getByText('MissingAllowOriginHeader', { exact: true }).waitFor()
  await checkLooks(page, 'doctor-blocked')
  await page.getByRole('button', { name: 'Ask for real' }).click()
  await page
    .getByRole('list', { name: 'The call' })
    .getByText('asked at the edge')
    .first()
    .waitFor()
  await page.getByText('asked at the edge').first().click()
  await checkLooks(page, 'doctor-probe', 'brief')
  await page.getByRole('button', { name: 'Apply …' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('allowedOrigins').first().waitFor()
  await checkLooks(page, 'doctor-apply', 'brief')
  await dialog.getByRole('button', { name: 'Apply', exact: true }).click()
  await page.getByRole('heading', { name: 'The browser lets the page read the answer' }).waitFor()
  await checkLooks(page, 'doctor-allowed', 'brief')
  assert.doesNotMatch(await tryIt(shop), /failed/)

  await page.getByRole('button', { name: 'Undo it' }).click()
  await page.getByRole('heading', { name: /^Blocked/ }).waitFor()
  assert.match(await tryIt(shop), /failed/)
  await shop.close()
})

/** Presses the button of the sample's page; resolves to what the page says of the call. */
async function tryIt(shop: Page): Promise<string> {
  await shop.bringToFront()
  const results = shop.locator('#log > li')
  const before = await results.count()
  await shop.getByRole('button', { name: 'Try It' }).click()
  await results.nth(before).waitFor()
  await shop.locator('#log > li:not(:has(.badge:empty))').first().waitFor()
  const said = (await results.first().innerText()).toLowerCase()
  // Browsers draw what is behind something else when they find the time.
  await page.bringToFront()
  return said
}

test('a console message, a recording and a request id each lead to the call, and no secret into the URL [D2] [G5]', async () => {
  const [shop, stock] = [stage.world.external('shop'), stage.world.external('stock')]
  const origin = new URL(shop).origin
  await stage.open('/doctor')
  await page.getByRole('tab', { name: 'Console message' }).click()
  await page
    .getByLabel('What the browser’s console says')
    .fill(
      `Access to fetch at '${stock}api/values?token=secret' from origin '${origin}' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.`,
    )
  await checkLooks(page, 'doctor-message', 'brief')
  await page.getByRole('button', { name: 'Read it' }).click()
  await page.getByText('PreflightMissingAllowOriginHeader', { exact: true }).waitFor()
  assert.equal(await page.getByLabel('Method').inputValue(), 'PUT')
  assert.doesNotMatch(page.url(), /secret/)

  await page.getByRole('tab', { name: 'HAR file' }).click()
  const fields = [
    { name: 'Origin', value: origin },
    { name: 'X-Api-Key', value: 'secret' },
  ]
  const request = { method: 'DELETE', url: `${stock}api/values?a=secret`, headers: fields }
  const har = { log: { entries: [{ request, response: { status: 0, headers: [] } }] } }
  const buffer = Buffer.from(JSON.stringify(har))
  const file = { name: 'failed.har', mimeType: 'application/json', buffer }
  await page.getByLabel(/A recording of the browser/).setInputFiles(file)
  const call = page.getByRole('list', { name: 'Calls that failed' }).getByRole('button')
  await call.waitFor()
  await checkLooks(page, 'doctor-har', 'brief')
  await call.click()
  await page.waitForURL(/method=DELETE/)
  await page.getByText('PreflightMissingAllowOriginHeader', { exact: true }).waitFor()
  assert.equal(await page.getByLabel('Headers the page sets').inputValue(), 'x-api-key')
  assert.doesNotMatch(page.url(), /secret/)
})

test('a recording is dropped, and what is none says so [D2] [G5]', async () => {
  const [shop, stock] = [stage.world.external('shop'), stage.world.external('stock')]
  const headers = [{ name: 'Origin', value: new URL(shop).origin }]
  const call = { method: 'PATCH', url: `${stock}api/values`, headers }
  const entries = [{ request: call, response: { status: 0, headers: [] } }]
  await stage.open('/doctor')
  await page.getByRole('tab', { name: 'HAR file' }).click()
  await drop('notes.har', 'no recording')
  await page.getByRole('alert').waitFor()
  await drop('failed.har', JSON.stringify({ log: { entries } }))
  await page.getByRole('list', { name: 'Calls that failed' }).getByRole('button').click()
  await page.waitForURL(/method=PATCH/)
  await page.getByRole('heading', { name: /^Blocked/ }).waitFor()
})

async function drop(name: string, text: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(`(([name, text]) => {
    const data = new DataTransfer()
    data.items.add(new File([text], name))
    return data
  })(${JSON.stringify([name, text])})`)
  await page.dispatchEvent('.doctor-drop-label', 'drop', { dataTransfer })
}

test('a request that was refused is asked about by its id, and one that nobody knows is not there [D2] [G5]', async () => {
  const { world } = stage
  const visitor = await stage.profile.newPage()
  await visitor.goto(world.external('shop'))
  const target = `${world.external('stock')}api/values`
  const readable = await visitor.evaluate(
    (url) => fetch(url, { method: 'PUT' }).then(String, () => 'blocked'),
    target,
  )
  assert.equal(readable, 'blocked')
  await visitor.close()
  await stage.open('/doctor')
  await page.getByRole('tab', { name: 'Request id' }).click()
  await page.getByLabel('Request id').last().fill(crypto.randomUUID())
  await page.getByRole('button', { name: 'Look it up' }).click()
  await page.getByText('It is not there.').waitFor()
  await page.getByRole('tab', { name: 'Request id' }).click()
  await page
    .getByLabel('Request id')
    .last()
    .fill(await refusedRequest())
  await page.getByRole('button', { name: 'Look it up' }).click()
  await page.getByRole('heading', { name: /^Blocked/ }).waitFor()
  assert.equal(await page.getByLabel('Address that is called').inputValue(), target)
})

/** The id of the latest refused call; the edge remembers it a moment after the page has its answer. */
async function refusedRequest(): Promise<string> {
  const path = `/requests?$filter=startswith(code,'cors-')&$top=1`
  for (;;) {
    const answer = await stage.world.graph.call('GET', path)
    const [found] = (answer?.['value'] ?? []) as readonly { id: string }[]
    if (found) return found.id
  }
}

test('what somebody sees who opens an address is explained for a person, and can be sent to a colleague [D1] [G5]', async () => {
  const { world } = stage
  await stage.open('/doctor')
  await page.getByLabel('Address that is called').fill(world.home)
  await page.getByText('More about the call, and who makes it').click()
  await page.getByRole('combobox', { name: 'See as this person' }).pressSequentially('bob')
  await page.getByRole('option', { name: /bob@contoso\.com/ }).click()
  await page.getByRole('button', { name: 'Examine' }).click()
  await page.getByRole('heading', { name: /^bob@contoso\.com get/ }).waitFor()
  await checkLooks(page, 'doctor-visit', 'brief')
  const address = page.url()
  await page.goto('about:blank')
  await page.goto(address)
  await settled(page)
  await page.getByRole('heading', { name: /^bob@contoso\.com get/ }).waitFor()
  await page.getByRole('list', { name: 'Decisions' }).getByText('Look for an assignment').waitFor()
})
