import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { dayMs, TestAuthority } from '../../../src/certificates/fixture-authority.ts'
import { checkLooks, openPortal, type PortalStage } from '../../portal-stage.ts'

let stage: PortalStage
let page: Page
before(async () => {
  stage = await openPortal()
  ;({ page } = stage)
  page.setDefaultTimeout(10_000)
})
after(() => stage?.[Symbol.asyncDispose]())

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
  await checkLooks(page, 'upload')
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
