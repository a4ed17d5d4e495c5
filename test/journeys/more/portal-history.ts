import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { checkLooks, openPortal, type PortalStage, settled } from '../../portal-stage.ts'
import { signIn } from '../../world.ts'

let stage: PortalStage
let page: Page
before(async () => {
  stage = await openPortal()
  ;({ page } = stage)
})
after(() => stage?.[Symbol.asyncDispose]())

test('the sign-in log is filtered in the URL, told entry by entry, and taken away [G5] [S8]', async () => {
  const { world } = stage
  await world.graph.call('POST', '/identity/conditionalAccess/policies', {
    displayName: 'Watched',
    state: 'enabledForReportingButNotEnforced',
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  })
  const other = await world.profile()
  await signIn(await other.newPage(), world.home, world.alice)
  const stranger = await other.browser()?.newContext({ ignoreHTTPSErrors: true })
  const lost = await stranger?.newPage()
  assert.ok(lost)
  await lost.goto(world.home)
  await lost.getByLabel('User name').fill(world.bob.userPrincipalName)
  await lost.getByLabel('Password').fill('nothing like his password')
  await lost.getByRole('button', { name: 'Sign in' }).click()
  await lost.getByRole('alert').first().waitFor()
  await stage.open('/sign-ins')
  for (const wanted of [/Alice.*Success/i, /Bob.*Failure/i]) await untilThere(wanted)
  await checkLooks(page, 'sign-ins')
  await page.getByRole('row', { name: /Alice/i }).getByRole('button').first().click()
  await page.getByRole('row', { name: /Watched.*Report-only.*A second factor/ }).waitFor()
  await checkLooks(page, 'sign-in', 'brief')
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByLabel('Result').selectOption('Failure')
  await page.getByRole('row', { name: /Alice/i }).first().waitFor({ state: 'detached' })
  assert.match(page.url(), /result=failure/)
  await page.getByRole('row', { name: /Bob/i }).getByRole('button').first().click()
  await page.getByText('Failure 50126').last().waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download CSV' }).click(),
  ])
  assert.equal(download.suggestedFilename(), 'sign-ins.csv')
  const rows = await textOf(download)
  assert.match(rows, /^Time,User,.*\r\n.*bob@contoso\.com.*50126/)
  assert.ok(!rows.includes('alice'))
  await stranger?.close()
  await other.close()
})

test('a change stands in the audit log with author and reason, and leads to its history [G4] [G5]', async () => {
  const { graph } = stage.world
  await graph.call('POST', '/groups', { displayName: 'Night shift' })
  await stage.open('/audit?category=GroupManagement')
  await page.getByRole('row', { name: /Group created.*Night shift/ }).waitFor()
  await checkLooks(page, 'audit', 'brief')
  await page
    .getByRole('row', { name: /Night shift/ })
    .getByRole('button')
    .first()
    .click()
  await page.getByRole('link', { name: 'Its history' }).waitFor()
  await checkLooks(page, 'audit-entry', 'brief')
  await page.getByRole('link', { name: 'Its history' }).click()
  await page.waitForURL('**/revisions?resource=*')
  // The blade that led here hides the page until it has closed.
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('heading', { name: 'History', level: 1 }).waitFor()
  await page.getByRole('row', { name: /Night shift/ }).waitFor()
  assert.equal(await page.getByRole('row').count(), 2)
})

test('a revision is read field by field, tried, and taken back; later changes stand in the way [G4] [G5]', async () => {
  const { graph } = stage.world
  const groups = await graph.call('GET', "/groups?$filter=displayName eq 'Night shift'")
  const [group] = (groups?.['value'] ?? []) as readonly { id: string }[]
  const path = `/groups/${group?.id}`
  await graph.call('PATCH', path, { description: 'From ten to six' })
  await graph.call('PATCH', path, { description: 'From nine to five' })
  await stage.open('/revisions')
  await page
    .getByRole('row', { name: /Night shift/ })
    .nth(1)
    .waitFor()
  await checkLooks(page, 'revisions', 'brief')
  const [, first] = await page.getByRole('link', { name: 'Night shift' }).all()
  await first?.click()
  await page.getByText('From ten to six').waitFor()
  await page.getByRole('button', { name: 'Roll back …' }).click()
  await page.getByText('Something stands in the way.').waitFor()
  await checkLooks(page, 'roll-back-refused', 'brief')
  await page.getByRole('switch', { name: 'Later changes give way' }).click()
  await page.getByText('Nothing has been changed yet.').waitFor()
  await settled(page)
  await checkLooks(page, 'roll-back', 'brief')
  await page.getByLabel('Reason, for the audit trail').fill('it was right before')
  await page.getByRole('button', { name: 'Roll back', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  const { description } = (await graph.call('GET', path)) ?? {}
  assert.equal(description, null)
  await stage.open(new URL(page.url()).pathname)
  await checkLooks(page, 'revision')
})

/** Reads the log anew until the row is there: entries are written once a second. */
async function untilThere(name: RegExp): Promise<void> {
  for (;;) {
    await settled(page)
    if ((await page.getByRole('row', { name }).count()) > 0) return
    const answered = page.waitForResponse(/auditLogs\/signIns/)
    await page.getByRole('button', { name: 'Refresh' }).click()
    await answered
  }
}

async function textOf(download: { createReadStream(): Promise<NodeJS.ReadableStream> }) {
  const parts: Buffer[] = []
  for await (const part of await download.createReadStream()) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString('utf8')
}
