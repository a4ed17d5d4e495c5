import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { temporaryFolder } from '../../folder.ts'
import { checkLooks, openPortal, type PortalStage, settled } from '../../portal-stage.ts'
import { RunningCommand } from '../../process.ts'

let stage: PortalStage
let page: Page
before(async () => {
  stage = await openPortal()
  ;({ page } = stage)
  page.setDefaultTimeout(10_000)
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
  await checkLooks(page, 'new-connector')
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
  await checkLooks(page, 'connector')
  await page.getByRole('button', { name: 'Delete …' }).click()
  const dialog = page.getByRole('alertdialog')
  const name = (await page.getByRole('heading', { level: 1 }).textContent()) ?? ''
  await dialog.getByRole('textbox').fill(name)
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.waitForURL('**/connectors')
  await page.getByText('0 of 0 in service').waitFor()
})
