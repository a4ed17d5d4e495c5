import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Json } from '../../../src/run/graph-client.ts'
import { openPortal, type PortalStage } from '../../portal-stage.ts'

let stage: PortalStage
let page: Page
before(async () => {
  stage = await openPortal()
  ;({ page } = stage)
})
after(() => stage?.[Symbol.asyncDispose]())

/** One form: where it stands, what is done in it before it is sent, and by which button. */
interface Form {
  readonly path: () => string | Promise<string>
  readonly fill: () => Promise<unknown>
  readonly send: string
  /** What its calls say as curl. */
  readonly curl: RegExp
}

const forms: Readonly<Record<string, Form>> = {
  'a new group': {
    path: () => '/groups',
    fill: () => inBlade('New group', 'Name', 'Night shift'),
    send: 'Create',
    curl: /-X POST.*\/groups.*Night shift/s,
  },
  'a new connector group': {
    path: () => '/connectors',
    fill: () => inBlade('New group', 'Name', 'Plant'),
    send: 'Save',
    curl: /connectorGroups.*Plant/s,
  },
  'a new segment': {
    path: () => shop('segments'),
    fill: async () => {
      await inBlade('Add a segment', 'External URL', stage.world.external('extra.shop'))
      await type('Internal URL', 'http://extra.test/')
    },
    send: 'Save',
    curl: /applicationSegments.*http:\/\/extra\.test\//s,
  },
  'a new rule': {
    path: () => shop('cors'),
    fill: () => inBlade('Add a rule', 'Pages that may call', stage.world.external('shop')),
    send: 'Save',
    curl: /corsConfigurations/s,
  },
  'a new place': {
    path: () => '/policies?tab=locations',
    fill: async () => {
      await inBlade('New addresses', 'Name', 'Office')
      await type('Addresses', '203.0.113.0/24')
    },
    send: 'Save',
    curl: /namedLocations.*203\.0\.113\.0/s,
  },
  'a new lifetime': {
    path: () => '/policies?tab=lifetimes',
    fill: () => inBlade('New lifetime', 'Name', 'Short'),
    send: 'Save',
    curl: /tokenLifetimePolicies/s,
  },
  'a new policy': {
    path: () => '/policies/new',
    fill: () => type('Name', 'Watched'),
    send: 'Create',
    curl: /conditionalAccess\/policies.*Watched/s,
  },
  'how an application is published': {
    path: () => shop('publishing'),
    fill: () => type('Home page', 'https://example.com/'),
    send: 'Save',
    curl: /-X PATCH.*https:\/\/example\.com\//s,
  },
  'whether segments may call each other': {
    path: () => shop('segments'),
    fill: () => page.getByRole('switch', { name: 'Segments may call each other' }).click(),
    send: 'Save',
    curl: /allowSiblingSegments/s,
  },
  'single sign-on': {
    path: () => shop('single-sign-on'),
    fill: () => page.getByRole('switch', { name: /^Send a signed assertion/ }).click(),
    send: 'Save',
    curl: /isIdentityAssertionEnabled/s,
  },
  sessions: {
    path: () => shop('sessions'),
    fill: () => page.getByLabel('At most (minutes)').fill('30'),
    send: 'Save',
    curl: /sessionLifetimeInSeconds/s,
  },
  'a person': {
    path: async () => `/people/${await bob()}`,
    fill: () => type('Mail', 'bob@example.com'),
    send: 'Save',
    curl: /bob@example\.com/s,
  },
  'an owner': {
    path: () => shop('assignments'),
    fill: async () => {
      await page.getByRole('button', { name: 'Add owners' }).click()
      await page.getByRole('combobox', { name: 'People' }).pressSequentially('bob')
      await page.getByRole('option', { name: /bob/i }).click()
    },
    send: 'Add',
    curl: /owners.*directoryObjects/s,
  },
  'a role of a person': {
    path: async () => `/people/${await bob()}?tab=memberships`,
    fill: async () => {
      await page.getByRole('button', { name: 'Give a role …' }).click()
      await page.getByRole('dialog').getByRole('combobox').selectOption({ label: 'Global Reader' })
    },
    send: 'Add',
    curl: /directoryRoles/s,
  },
}

test('a new application is shown as code, and goes again by one click [G5] [G4]', async () => {
  await stage.open('/applications/new')
  await type('Name', 'Wiki')
  await type('Internal URL', 'http://wiki.test/')
  await readCode(/instantiate.*wiki\.test/s)
  await page.getByRole('button', { name: 'Publish' }).click()
  await undo()
  assert.deepEqual(await read("/applications?$filter=displayName eq 'Wiki'"), [])
})

for (const [what, { path, fill, send, curl }] of Object.entries(forms)) {
  test(`${what} is shown as code before it is sent, and taken back by one click [G5] [G4]`, async () => {
    await stage.open(await path())
    const before = await lastRevision()
    await fill()
    await readCode(curl)
    await page.getByRole('button', { name: send, exact: true }).click()
    await undo()
    const [undone, done] = await revisions()
    assert.equal(undone?.['isRollbackOf'], done?.['id'])
    assert.ok(Number(done?.['id']) > before)
  })
}

const switches: readonly (readonly [string, () => Promise<string>, RegExp])[] = [
  ['an application in maintenance', () => shop('overview'), /^Put into maintenance$/],
  ['a person who is disabled', async () => `/people/${await bob()}`, /^Disable$/],
  ['a connector out of service', () => connector(), /^Take out of service$/],
]

for (const [what, path, name] of switches) {
  test(`${what} comes back by one click, and is shown as code [G5] [G4]`, async () => {
    await stage.open(await path())
    await page.getByRole('button', { name }).click()
    await undo()
    // Without what was told until now.
    await stage.open(await path())
    await page.getByRole('button', { name }).click()
    // A toast goes after a while: what comes after this one asks nothing of it.
    await toastWithUndo().getByRole('button', { name: 'Show as code' }).click()
    await page.getByRole('textbox', { name: 'As curl' }).waitFor()
    await page.keyboard.press('Escape')
  })
}

/** Looks at what is about to be sent. */
async function readCode(curl: RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Show as code' }).last().click()
  const code = page.getByRole('textbox', { name: 'As curl' })
  assert.match(await code.inputValue(), curl)
  // It is there a moment before it has the focus.
  await page.locator('.as-code :focus').waitFor()
  await page.keyboard.press('Escape')
  await code.waitFor({ state: 'detached' })
}

function toastWithUndo() {
  return page.locator('.fui-Toast').filter({ has: page.getByText('Undo', { exact: true }) })
}

/** Takes back what was just done. */
async function undo(): Promise<void> {
  await toastWithUndo().getByRole('button', { name: 'Undo' }).click()
  // In the message itself: what is read out says the same for a moment.
  const said = page.locator('.fui-Toast').filter({ hasText: /Undone: |could not be undone/ })
  assert.match((await said.textContent()) ?? '', /^Undone: /)
}

async function inBlade(button: string, label: string, text: string): Promise<void> {
  await page.getByRole('button', { name: button }).first().click()
  await page.getByRole('dialog').waitFor()
  await type(label, text)
}

async function type(label: string, text: string): Promise<void> {
  await page.getByRole('textbox', { name: label }).first().fill(text)
}

async function read(path: string): Promise<readonly Json[]> {
  return (await stage.world.graph.call('GET', path))?.['value'] as readonly Json[]
}

function revisions(): Promise<readonly Json[]> {
  return read('/revisions?$top=2')
}

async function lastRevision(): Promise<number> {
  return Number((await revisions())[0]?.['id'])
}

async function shop(tab: string): Promise<string> {
  const [found] = await read("/applications?$filter=displayName eq 'Contoso shop'")
  return `/applications/${found?.['id']}?tab=${tab}`
}

async function bob(): Promise<string> {
  const { userPrincipalName } = stage.world.bob
  const person = await stage.world.graph.call('GET', `/users/${userPrincipalName}`)
  return String(person?.['id'])
}

async function connector(): Promise<string> {
  const [found] = await read('/onPremisesPublishingProfiles/applicationProxy/connectors')
  return `/connectors/${found?.['id']}`
}
