import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { dayMs, TestAuthority } from '../../../src/certificates/fixture-authority.ts'
import { temporaryFolder } from '../../folder.ts'
import { checkLooks, openPortal, type PortalStage, settled } from '../../portal-stage.ts'
import { RunningCommand } from '../../process.ts'

let stage: PortalStage
let page: Page
before(async () => {
  stage = await openPortal()
  ;({ page } = stage)
})
after(() => stage?.[Symbol.asyncDispose]())

test('connectors stand by group with their status, and a group is made [G5] [K4]', async () => {
  await stage.open('/connectors')
  await page.getByRole('row', { name: /Connected.*Now/ }).waitFor()
  await page.getByRole('button', { name: 'New group' }).click()
  await page.getByLabel('Name').fill('Branch office')
  await page.getByLabel('Region').selectOption('Europe')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Branch office' }).waitFor()
  await stage.open('/connectors')
  await checkLooks(page, 'connectors')
})

test('a new connector turns green step by step, as it comes [K1] [K4]', async () => {
  await stage.open('/connectors')
  await page.getByRole('link', { name: 'Add a connector' }).last().click()
  assert.match(page.url(), /\/connectors\/new\?group=/)
  await page.getByRole('button', { name: 'Make the command' }).click()
  const command = page.getByRole('textbox', { name: 'Command for the connector' })
  const [, token = ''] = /--token (\S+)$/.exec(await command.inputValue()) ?? []
  await page.getByText('Run the command.').waitFor()
  await checkLooks(page, 'new-connector', 'brief')
  await page.getByRole('tab', { name: 'As a service' }).click()
  assert.match(await command.inputValue(), new RegExp(`--token ${RegExp.escape(token)}\nDynamic`))
  await using folder = await temporaryFolder()
  const options = ['--data', folder.path, '--token', token, '--json']
  await using _connector = new RunningCommand(process.execPath, [
    'src/main.ts',
    'connector',
    ...options,
  ])
  await page.getByText(/serves the applications of Branch office/).waitFor()
  assert.equal(await page.locator('.arrival-done').count(), 4)
  await checkLooks(page, 'new-connector-there', 'brief')
  await page.getByRole('link', { name: 'Open it' }).click()
  await page.getByText('Connected', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Take out of service' }).click()
  await page.getByText('Out of service', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Undo' }).first().click()
  await page.getByText('Connected', { exact: true }).waitFor()
  await page.getByLabel('Connector group').selectOption('Default')
  await page.getByRole('button', { name: 'Move it' }).click()
  await page
    .getByRole('row', { name: /Reached/ })
    .first()
    .waitFor()
  await settled(page)
  await checkLooks(page, 'connector', 'brief')
  await page.getByRole('button', { name: 'Delete …' }).click()
  const dialog = page.getByRole('alertdialog')
  const name = (await page.getByRole('heading', { level: 1 }).textContent()) ?? ''
  await dialog.getByRole('textbox').fill(name)
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.waitForURL('**/connectors')
  await page.getByRole('heading', { name: 'No connector in this group' }).waitFor()
})

test('a certificate is uploaded, its problems stand beside their fields, and it goes when its name is typed [G5] [P11]', async () => {
  const authority = await TestAuthority.create()
  const hosts = [new URL(stage.world.home).hostname, '*.shop.test']
  const ends = Date.now() + 20 * dayMs
  const [issued, other] = [
    await authority.issue(hosts, { notAfter: ends }),
    await authority.issue(hosts, { notAfter: ends }),
  ]
  await stage.open('/certificates')
  await page.getByRole('heading', { name: 'Only the local authority’s' }).waitFor()
  await page.getByRole('button', { name: 'Upload a certificate' }).click()
  const chain = page.getByRole('textbox', { name: /^Certificate, with its chain/ })
  const key = page.getByRole('textbox', { name: /^Private key/ })
  await chain.fill(issued.certificate)
  await key.fill(other.key)
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await page.getByRole('alert').first().waitFor()
  await checkLooks(page, 'upload', 'brief')
  await page.getByRole('button', { name: 'Show as code' }).click()
  const curl = await page.getByRole('textbox', { name: 'As curl' }).inputValue()
  assert.match(curl, /"privateKey": "\{privateKey\}"/)
  await page.getByRole('dialog').last().getByRole('button', { name: 'Close' }).click()
  await key.fill(issued.key)
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await page
    .getByRole('row', { name: new RegExp(`${hosts[0]}.*19 days left.*${hosts[0]}`) })
    .waitFor()
  await stage.open('/certificates')
  await checkLooks(page, 'certificates')
  await page.getByRole('button', { name: /^Delete the certificate/ }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByRole('textbox').fill(String(hosts[0]))
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('heading', { name: 'Only the local authority’s' }).waitFor()
})
