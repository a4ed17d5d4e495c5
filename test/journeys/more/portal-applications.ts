import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { parse } from 'yaml'
import { corsFailure } from '../../browser.ts'
import { checkLooks, openPortal, type PortalStage, settled } from '../../portal-stage.ts'

let stage: PortalStage
let page: Page
before(async () => {
  stage = await openPortal()
  ;({ page } = stage)
})
after(() => stage?.[Symbol.asyncDispose]())

test('applications are listed with how they fare, and filters stand in the URL [G5] [K4]', async () => {
  await stage.open('/applications')
  await page.getByRole('row', { name: /Contoso CORS sample.*Healthy/ }).waitFor()
  await checkLooks(page, 'applications')
  await page.getByLabel('Search by name or URL').fill('shop')
  await page.getByRole('row', { name: /Contoso CORS sample/ }).waitFor({ state: 'detached' })
  await page.reload()
  await page.getByRole('row', { name: /Contoso shop/ }).waitFor()
  assert.equal(await page.getByRole('row', { name: /Contoso/ }).count(), 1)
  assert.match(page.url(), /\?q=shop$/)
})

test('a complex application is made in one flow, problems stand beside their fields, and it works [G5] [C12]', async () => {
  const [home, api] = await internalUrls()
  await stage.open('/applications/new')
  await page.getByLabel('Name').fill('Time sheets')
  await page.getByText('Several that work together').click()
  // A path of its own: an internal URL belongs to one complex application.
  await page.getByLabel('Internal URL of segment 1').fill(`${home}time/`)
  await page.getByLabel('Internal URL of segment 2').fill('nonsense')
  await page.getByText('Everybody who can sign in').click()
  await checkLooks(page, 'new-application')
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByText('"nonsense" is no absolute URL').waitFor()
  await checkLooks(page, 'new-application-refused', 'brief')
  await page.getByLabel('Internal URL of segment 2').fill(`${api}api/time/`)
  await page.getByLabel('External URL of segment 2').fill(stage.world.external('time-api'))
  assert.deepEqual(await comparedDocument(), ['created Time sheets'])
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByRole('heading', { name: 'Time sheets' }).waitFor()
  await settled(page)
  await checkLooks(page, 'application', 'brief')
  const visitor = await stage.profile.newPage()
  await visitor.goto(stage.world.external('time-api'))
  await visitor.getByText('CORSWebService got your request').waitFor()
  await visitor.close()
})

test('what is changed is shown as code, saved with a reason, told, and undone [G5]', async () => {
  await openTab('publishing')
  await checkLooks(page, 'publishing', 'brief')
  await page.getByLabel('Time the application may take').selectOption('Long')
  await page.getByRole('button', { name: 'Show as code' }).click()
  const curl = await page.getByRole('textbox', { name: 'As curl' }).inputValue()
  assert.match(curl, /^# .*\ncurl -X PATCH 'https:\/\/graph\..*"applicationServerTimeout": "Long"/s)
  await page.getByRole('tab', { name: 'Configuration' }).click()
  const yaml = page.getByRole('textbox', { name: 'As configuration' })
  await yaml.waitFor()
  assert.match(await yaml.inputValue(), /applicationServerTimeout: Long/)
  const document = parse(await yaml.inputValue())
  const compared = await stage.world.graph.call('POST', '/configuration/diff', { document })
  const paths = compared?.['changes'] as readonly { diff: readonly { path: string }[] }[]
  const changed = paths.flatMap(({ diff }) => diff.map(({ path }) => path))
  assert.deepEqual(changed, ['onPremisesPublishing/applicationServerTimeout'])
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByLabel('Reason, for the audit trail').fill('slow reports')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page
    .getByText(/^Undone: [^.]*$/)
    .last()
    .waitFor()
  assert.equal(await page.getByLabel('Time the application may take').inputValue(), 'Default')
  const { value } = (await stage.world.graph.call('GET', '/revisions?$top=2')) as unknown as {
    value: { author: string; reason: string }[]
  }
  const reasons = value.map(({ author, reason }) => `${author}: ${reason}`)
  assert.ok(reasons.includes('ada@contoso.com: slow reports'), String(reasons))
})

test('of two who change the same thing at once the second is told, and loses nothing [G4] [G5]', async () => {
  await openTab('publishing')
  const id = new URL(page.url()).pathname.split('/').at(-1)
  await page.getByLabel('Home page').fill('https://mine.example/')
  const onPremisesPublishing = { isTranslateLinksInBodyEnabled: true }
  await stage.world.graph.call('PATCH', `/applications/${id}`, { onPremisesPublishing })
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Somebody else changed this meanwhile.').waitFor()
  await page.getByRole('switch', { name: 'Translate links', checked: true }).waitFor()
  assert.equal(await page.getByLabel('Home page').inputValue(), 'https://mine.example/')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('group', { name: 'Unsaved changes' }).waitFor({ state: 'detached' })
})

test('maintenance is one click, and what a click did is shown as code and undone [P13] [G5]', async () => {
  await openTab('overview')
  await page.getByRole('button', { name: 'Put into maintenance' }).click()
  await page.getByText('In maintenance', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Show as code' }).last().click()
  const curl = page.getByRole('textbox', { name: 'As curl' })
  assert.match(await curl.inputValue(), /"isInMaintenance": true/)
  await checkLooks(page, 'as-code', 'brief')
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'End maintenance' }).click()
  await page.getByText('In maintenance', { exact: true }).waitFor({ state: 'detached' })
})

test('segments and rules are added and deleted where they stand [G5] [P8]', async () => {
  await openTab('segments')
  await page.getByRole('button', { name: 'Add a segment' }).click()
  await page.getByLabel('External URL').fill(stage.world.external('third'))
  await page.getByLabel('Internal URL').fill('ftp://third.test/')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alert').first().waitFor()
  await checkLooks(page, 'segment', 'brief')
  await page.getByLabel('Internal URL').fill('http://third.test/')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /third\.contoso/ }).waitFor()
  await checkLooks(page, 'segments', 'brief')
  await page.getByRole('button', { name: /^Delete https:\/\/third/ }).click()
  const deletion = page.getByRole('alertdialog')
  assert.equal(await deletion.getByRole('button', { name: 'Delete' }).isDisabled(), true)
  await deletion.getByRole('textbox').fill('third.contoso.localhost')
  await deletion.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('row', { name: /third\.contoso/ }).waitFor({ state: 'detached' })
  await page.getByRole('tab', { name: 'CORS rules' }).click()
  await page.getByRole('button', { name: 'Add a rule' }).last().click()
  await page.getByRole('button', { name: /^https:\/\/time-sheets\./ }).click()
  await checkLooks(page, 'rule', 'brief')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('row', { name: /time-sheets\.contoso.*Enforced/ }).waitFor()
  await checkLooks(page, 'rules', 'brief')
})

test('a refused call is counted, and the rule that would allow it is one click away [D3] [G5]', async () => {
  const { world, profile } = stage
  const visitor = await profile.newPage()
  await visitor.goto(world.external('shop'))
  // The way there leads through pages that hand the session over.
  await visitor.locator('html[data-ready="yes"]').waitFor()
  const put = {
    method: 'PUT',
    headers: { 'x-contoso-trace': '1' },
    credentials: 'include',
  } as const
  const url = `${world.external('stock')}api/values/1`
  assert.equal(
    (await corsFailure(visitor, url, put))?.corsError,
    'PreflightMissingAllowOriginHeader',
  )
  await openTab('overview', 'Contoso shop')
  await page.getByRole('button', { name: /^Allow PUT from https:\/\/shop\./ }).click()
  await checkLooks(page, 'allow', 'brief')
  await page.getByRole('button', { name: 'Allow', exact: true }).click()
  await page.getByRole('button', { name: 'Undo' }).waitFor()
  assert.equal(await corsFailure(visitor, url, put), undefined)
  await visitor.close()
})

test('people are let in by name, and an application goes when its name is typed [G5] [S8]', async () => {
  await openTab('assignments')
  await page.getByRole('button', { name: 'Let in people or groups' }).click()
  await page.getByRole('combobox', { name: 'People and groups' }).pressSequentially('ali')
  await page.getByRole('option', { name: /Alice/ }).click()
  await checkLooks(page, 'assign', 'brief')
  await page.getByRole('button', { name: 'Let in', exact: true }).click()
  await page.getByRole('row', { name: /Alice.*Person/ }).waitFor()
  await checkLooks(page, 'assignments', 'brief')
  for (const tab of ['Single sign-on', 'Sessions', 'Delete']) {
    await page.getByRole('tab', { name: tab }).click()
    await settled(page)
    await checkLooks(page, tab.toLowerCase(), 'brief')
  }
  await page.getByRole('button', { name: 'Delete …' }).click()
  await page.getByRole('textbox').fill('Time sheets')
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.waitForURL('**/applications')
  await page.getByRole('row', { name: /Contoso shop/ }).waitFor()
  assert.equal(await page.getByRole('row', { name: /Time sheets/ }).count(), 0)
})

/** What the document that the form shows would change, had somebody applied it. */
async function comparedDocument(): Promise<readonly string[]> {
  await page.getByRole('button', { name: 'Show as code' }).click()
  await page.getByRole('tab', { name: 'Configuration' }).click()
  const yaml = page.getByRole('textbox', { name: 'As configuration' })
  await yaml.waitFor()
  const document = parse(await yaml.inputValue())
  await page.getByRole('button', { name: 'Close' }).click()
  const { graph } = stage.world
  const compared = (await graph.call('POST', '/configuration/diff', { document })) as unknown as {
    issues?: readonly object[]
    changes: readonly { change: string; displayName: string }[]
  }
  assert.deepEqual(compared.issues ?? [], [])
  return compared.changes.map(({ change, displayName }) => `${change} ${displayName}`)
}

/** Opens a tab of an application, which is that of the second test when nothing else is said. */
async function openTab(tab: string, displayName = 'Time sheets'): Promise<void> {
  const path = `/applications?$filter=displayName eq '${displayName}'`
  const { value } = (await stage.world.graph.call('GET', path)) as unknown as {
    value: { id: string }[]
  }
  await stage.open(`/applications/${value[0]?.id}?tab=${tab}`)
}

/** Where the sample's two applications stand in this run. */
async function internalUrls(): Promise<readonly string[]> {
  const { graph, applicationId } = stage.world
  const path = `/applications/${applicationId}/onPremisesPublishing`
  const publishing = await graph.call('GET', path)
  const segments = publishing?.['onPremisesApplicationSegments'] as { internalUrl: string }[]
  return segments.map(({ internalUrl }) => internalUrl)
}
