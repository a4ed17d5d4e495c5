import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { parse, stringify } from 'yaml'
import { checkLooks, openPortal, type PortalStage, settled } from '../../portal-stage.ts'

let stage: PortalStage
let page: Page
before(async () => {
  stage = await openPortal()
  ;({ page } = stage)
})
after(() => stage?.[Symbol.asyncDispose]())

interface Document {
  readonly groups: { displayName: string; description: string }[]
}

test('the configuration goes out as a file, is compared and applied as a whole, and taken back [G5] [G6]', async () => {
  await stage.open('/settings')
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download it' }).click()
  const yaml = await readFile(await (await downloading).path(), 'utf8')
  const document = parse(yaml) as Document
  assert.equal(document.groups.length, 0)
  document.groups.push({ displayName: 'Night shift', description: 'Ten to six' })
  await choose(stringify(document))
  await page.getByRole('heading', { name: /created Night shift group/ }).waitFor()
  await checkLooks(page, 'apply', 'brief')
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await page.getByRole('button', { name: 'Undo' }).waitFor()
  assert.deepEqual(await groups(), ['Night shift'])
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('Undone: Applied a file: 1 change', { exact: true }).waitFor()
  assert.deepEqual(await groups(), [])
})

test('a file that is wrong is told where, and changes nothing [G5] [G4]', async () => {
  await choose('applications: [{displayName: Odd, onPremisesPublishing: {internalUrl: nonsense}}]')
  await page.getByText('applications/0/onPremisesPublishing/internalUrl').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Apply', exact: true }).isDisabled(), true)
  await page.getByRole('button', { name: 'Close' }).click()
  await choose('{')
  await page.getByText(/file\.yaml is neither YAML nor JSON/).waitFor()
})

test('an identity provider is added by its address; whether it answers is shown [G5] [S11]', async () => {
  await stage.open('/settings')
  await checkLooks(page, 'settings')
  await page.getByRole('button', { name: 'Add a provider' }).click()
  await page.getByLabel('Short name').fill('corp')
  await page.getByRole('textbox', { name: /^Name/ }).fill('Contoso')
  await page.getByLabel('Address of its description').fill('nonsense')
  await page.getByLabel('Client id').fill('sallyport')
  await page.getByLabel('Client secret').fill('a secret')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alert').first().waitFor()
  await checkLooks(page, 'provider', 'brief')
  const nobody = 'https://127.0.0.1:9/.well-known/openid-configuration'
  await page.getByLabel('Address of its description').fill(nobody)
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /Contoso.*Does not answer/ }).waitFor()
  await page.getByRole('button', { name: 'Delete Contoso' }).click()
  await page.getByRole('textbox').fill('Contoso')
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('None. Everybody signs in').waitFor()
})

async function choose(text: string): Promise<void> {
  await settled(page)
  await page
    .getByLabel('Configuration file')
    .setInputFiles({ name: 'file.yaml', mimeType: 'text/yaml', buffer: Buffer.from(text) })
}

async function groups(): Promise<readonly string[]> {
  const { value } = (await stage.world.graph.call('GET', '/groups')) as unknown as {
    value: { displayName: string }[]
  }
  return value.map(({ displayName }) => displayName)
}
