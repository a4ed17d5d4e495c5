import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { CorsRefusal, Publishing } from '../../../src/portal/api/types.ts'
import { buildMatrix, type Cell } from '../../../src/portal/cross-origin/matrix.ts'
import type { Json } from '../../../src/run/graph-client.ts'
import { HttpClient } from '../../http-client.ts'
import { checkLooks, openPortal, type PortalStage } from '../../portal-stage.ts'
import { publish } from '../../world.ts'

let stage: PortalStage
let page: Page
let id: string
before(async () => {
  stage = await openPortal()
  ;({ page } = stage)
  id = await publish(stage.world.graph, 'Market', {
    allowSiblingSegments: false,
    onPremisesApplicationSegments: ['fruit', 'meat', 'cashier'].map((name) => ({
      externalUrl: stage.world.external(name),
      internalUrl: `http://${name}.test/`,
      alternateUrl: '',
      corsConfigurations: name === 'cashier' ? rules() : [],
    })),
  })
})
after(() => stage?.[Symbol.asyncDispose]())

function rules(): Json[] {
  const origin = (name: string) => stage.world.external(name).replace(/\/$/, '')
  const rule = (resource: string, allowedOrigins: string[], allowedMethods: string[]) => {
    return { resource, allowedOrigins, allowedHeaders: [], allowedMethods, maxAgeInSeconds: 0 }
  }
  return [
    rule('/', [origin('fruit'), 'https://*.example'], ['PUT']),
    rule('/', [origin('meat')], ['DELETE']),
    rule('/api', ['*'], ['*']),
    rule('/api/closed', ['https://partner.example'], []),
    { ...rule('/tried', ['https://partner.example'], ['PUT']), mode: 'dryRun' },
  ]
}

const methods = ['GET', 'PUT', 'DELETE', 'PATCH'] as const

test('the matrix says of every cell what the edge decides, with the switch and without [G5] [C4] [C12] [D1]', async () => {
  const { graph } = stage.world
  let compared = 0
  for (const allowSiblingSegments of [false, true]) {
    const body = { onPremisesPublishing: { allowSiblingSegments } }
    await graph.call('PATCH', `/applications/${id}`, body)
    const path = `/applications/${id}/onPremisesPublishing`
    const publishing = (await graph.call('GET', path)) as unknown as Publishing
    const refusals = [{ origin: 'https://partner.example' }] as CorsRefusal[]
    const { rows } = buildMatrix(publishing, refusals, undefined)
    for (const cell of rows.flat()) {
      if (cell.caller.kind === 'pattern') continue
      for (const method of methods) {
        const decided = await preflight(cell, method)
        const what = `${cell.caller.origin} ${method} ${cell.target.url} ${cell.target.resource}`
        assert.equal(decided, expected(cell, method), what)
        compared++
      }
    }
  }
  assert.ok(compared > 100, String(compared))
  await graph.call('PATCH', `/applications/${id}`, {
    onPremisesPublishing: { allowSiblingSegments: false },
  })
})

function expected({ kind, methods: allowed }: Cell, method: string): boolean {
  if (kind === 'refused' || kind === 'noRule') return false
  return method === 'GET' || allowed.includes('*') || allowed.includes(method)
}

/** Whether the edge allows it, by its own functions. */
async function preflight({ caller, target }: Cell, method: string): Promise<boolean> {
  const url = target.url.replace(/\/$/, '') + target.resource
  const request = {
    url,
    method: 'OPTIONS',
    origin: caller.origin,
    headers: [{ name: 'Access-Control-Request-Method', value: method }],
  }
  const answer = await stage.world.graph.call('POST', '/doctor/explain', { request })
  const outcome = answer?.['outcome'] as Json | undefined
  return outcome?.['status'] === 204
}

test('a cell is reached and changed by keyboard, shown as code, and undone [G5]', async () => {
  await stage.open(`/cross-origin?application=${id}`)
  const grid = page.getByRole('grid', { name: 'Who may call whom' })
  await grid.getByRole('gridcell').first().focus()
  await page.keyboard.press('ArrowRight')
  await checkLooks(page, 'cross-origin')
  await grid.getByRole('gridcell').first().focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  const blade = page.getByRole('dialog')
  await blade.getByText('No rule covers').waitFor()
  await blade.getByRole('checkbox', { name: 'PATCH' }).check()
  await checkLooks(page, 'cross-origin-cell', 'brief')
  await blade.getByRole('button', { name: 'Show as code' }).click()
  const curl = await page.getByRole('textbox', { name: 'As curl' }).inputValue()
  assert.match(curl, /corsConfigurations'.*"PATCH"/s)
  await page.getByRole('button', { name: 'Close' }).last().click()
  await blade.getByRole('button', { name: 'Allow it' }).click()
  const fruit = new URL(stage.world.external('fruit')).origin
  const allowed = grid.getByRole('gridcell', {
    name: new RegExp(`Pages of ${fruit} may call ${stage.world.external('meat')}: GET POST PATCH`),
  })
  await allowed.waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await allowed.waitFor({ state: 'detached' })
})

test('a refused call is listed with what would allow it, and then it is allowed [D3] [G5]', async () => {
  await using client = new HttpClient({ ca: stage.world.ca })
  const call = () =>
    client.request(stage.world.external('fruit'), {
      method: 'OPTIONS',
      headers: { origin: 'https://partner.example', 'access-control-request-method': 'PUT' },
    })
  assert.equal((await call()).status, 403)
  const allow = page.getByRole('button', { name: 'Allow PUT from https://partner.example' })
  await allow.waitFor()
  await page.getByRole('gridcell', { name: /1 refused/ }).waitFor()
  await checkLooks(page, 'cross-origin-refused', 'brief')
  await allow.click()
  await page.getByRole('dialog').getByRole('button', { name: 'Allow', exact: true }).click()
  await allow.waitFor({ state: 'detached' })
  assert.equal((await call()).status, 204)
})

test('the topology shows what is broken in its place, as a picture and as a list, and leads there [G5] [K4]', async () => {
  const { world } = stage
  // A request that does not get there has its way looked at, at once.
  const visitor = await stage.profile.newPage()
  await visitor.goto(world.external('meat'))
  await visitor.close()
  await stage.open('/topology')
  const meat = page.getByRole('listitem').filter({ hasText: 'http://meat.test' }).last()
  await meat.getByText(/^backend-[a-z]+ from .*\.$/).waitFor()
  await checkLooks(page, 'topology')
  await page.getByRole('combobox', { name: 'Application' }).selectOption({ label: 'Contoso shop' })
  await page.getByRole('heading', { name: 'Nothing is broken' }).waitFor()
  const shop = new URL(world.external('shop')).host
  await page.locator('svg').getByRole('link', { name: shop }).click()
  await page.getByRole('heading', { name: 'Contoso shop', level: 1 }).waitFor()
})

test('the topology is searched, zoomed, and its groups opened and closed by keyboard [G5]', async () => {
  await stage.open('/topology?q=shop')
  const picture = page.getByRole('region', { name: 'Picture' })
  const group = picture.getByRole('button', { name: /Contoso shop\s+2 addresses/ })
  const host = new URL(stage.world.external('shop')).host
  await group.focus()
  await page.keyboard.press('Enter')
  await picture.getByRole('link', { name: host }).waitFor({ state: 'detached' })
  // The list goes with the picture.
  await page.getByRole('link', { name: host }).waitFor({ state: 'detached' })
  await page.keyboard.press('Enter')
  await picture.getByRole('link', { name: host }).waitFor()
  const before = await page.locator('svg.topology').boundingBox()
  await page.keyboard.press('+')
  await page.getByRole('button', { name: /^125 %/ }).waitFor()
  const after = await page.locator('svg.topology').boundingBox()
  assert.ok((after?.width ?? 0) > (before?.width ?? 0))
  await page.keyboard.press('0')
  await page.getByRole('button', { name: /^100 %/ }).waitFor()
  await page.getByLabel('Find a name').fill('no such thing')
  await page.getByText('Nothing matches these filters.').waitFor()
})
