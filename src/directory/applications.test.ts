import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  accepted,
  change,
  codesOf,
  createApplication,
  isFault,
  openInMemory,
  publishingOf,
} from './fixture.ts'

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('a new application has ids and tags of its own and lets nobody in [P11]', async (t) => {
  const directory = await openInMemory(t)
  const application = await directory.createApplication('Expenses', change)
  const ids = [application.id, application.appId, application.servicePrincipalId]
  for (const id of ids) assert.match(id, guid)
  assert.equal(new Set(ids).size, 3)
  assert.ok(application.tags.includes('WindowsAzureActiveDirectoryOnPremApp'))
  assert.equal(application.assignmentRequired, true)
  assert.equal(application.publishing, undefined)
  assert.deepEqual(await directory.application(application.id), application)
})

test('an application reads back exactly as it was kept [G4]', async (t) => {
  const directory = await openInMemory(t)
  const group = accepted(
    await directory.createConnectorGroup({ name: 'Lab', region: undefined }, change),
  )
  const kept = await createApplication(directory, 'Expenses', {
    identifierUris: ['https://expenses.contoso.net'],
    redirectUris: ['https://expenses.contoso.net/back'],
    homePageUrl: 'https://expenses.contoso.net/home',
    assignmentRequired: false,
    connectorGroupId: group.id,
    publishing: publishingOf('contoso.net', ['web', 'api']),
  })
  assert.deepEqual(await directory.application(kept.id), kept)
  assert.deepEqual(await directory.applications(), [kept])
  assert.deepEqual((await directory.state()).applications, [kept])
})

test('an edit is told what is there, and its issues change nothing [G4]', async (t) => {
  const directory = await openInMemory(t)
  const before = await createApplication(directory, 'Expenses')
  const { version } = await directory.state()
  const issues = [{ path: '/displayName', code: 'too-long', message: 'too long' }]
  const refused = await directory.updateApplication(before.id, change, (current) => {
    assert.deepEqual(current, before)
    return { issues }
  })
  assert.deepEqual(refused, { issues })
  assert.deepEqual(await directory.application(before.id), before)
  assert.equal((await directory.state()).version, version)
})

test('an edit that throws changes nothing, and the directory goes on [G4]', async (t) => {
  const directory = await openInMemory(t)
  const before = await createApplication(directory, 'Expenses')
  const mistake = new Error('a mistake')
  const thrown = directory.updateApplication(before.id, change, () => {
    throw mistake
  })
  await assert.rejects(thrown, mistake)
  assert.deepEqual(await directory.application(before.id), before)
  await createApplication(directory, 'Travel')
})

test('an edit that changes nothing is no change: no version, no audit entry', async (t) => {
  const directory = await openInMemory(t)
  const application = await createApplication(directory, 'Expenses')
  const { version } = await directory.state()
  await directory.updateApplication(application.id, change, (value) => ({ value: { ...value } }))
  assert.equal((await directory.state()).version, version)
})

test('every issue among all applications comes at once, and nothing is kept [P6] [G4]', async (t) => {
  const directory = await openInMemory(t)
  await createApplication(directory, 'First', {
    identifierUris: ['api://first'],
    publishing: publishingOf('contoso.net', ['web']),
  })
  const second = await directory.createApplication('Second', change)
  const refused = await directory.updateApplication(second.id, change, (value) => ({
    value: {
      ...value,
      identifierUris: ['api://first'],
      connectorGroupId: 'nowhere',
      publishing: publishingOf('contoso.net', ['web', 'api']),
    },
  }))
  assert.deepEqual(
    new Set(codesOf(refused)),
    new Set([
      'duplicate-external-url',
      'duplicate-internal-url',
      'already-exists',
      'unknown-connector-group',
    ]),
  )
  assert.deepEqual(await directory.application(second.id), second)
})

test('an edit must not touch the ids that cookies, tokens and other tables name', async (t) => {
  const directory = await openInMemory(t)
  const { id } = await createApplication(directory, 'Expenses')
  for (const key of ['id', 'appId', 'servicePrincipalId'] as const) {
    await assert.rejects(
      directory.updateApplication(id, change, (value) => ({ value: { ...value, [key]: 'mine' } })),
      { name: 'AssertionError' },
    )
  }
})

test('updating what is not there is a fault, deleting it is false', async (t) => {
  const directory = await openInMemory(t)
  const update = directory.updateApplication('none', change, (value) => ({ value }))
  await assert.rejects(update, isFault('not-found'))
  assert.equal(await directory.deleteApplication('none', change), false)
  assert.equal((await directory.state()).version, 1)
})

test('a deleted application is gone from the state, and may come again with the same URLs [P6]', async (t) => {
  const directory = await openInMemory(t)
  const publishing = publishingOf('contoso.net', ['web'])
  const first = await createApplication(directory, 'First', { publishing })
  await directory.state()
  assert.equal(await directory.deleteApplication(first.id, change), true)
  assert.deepEqual((await directory.state()).applications, [])
  const second = await createApplication(directory, 'Second', { publishing })
  assert.deepEqual((await directory.state()).applications, [second])
})

test('each change is in the audit trail with author, reason, before and after [G4]', async (t) => {
  const directory = await openInMemory(t, () => 1_000)
  const created = await directory.createApplication('Expenses', change)
  const why = { author: 'bob@contoso.net', reason: 'a better name' }
  const updated = accepted(
    await directory.updateApplication(created.id, why, (value) => ({
      value: { ...value, displayName: 'Spending' },
    })),
  )
  await directory.deleteApplication(created.id, change)
  const shared = { at: 1_000, targetId: created.id }
  assert.deepEqual(await directory.audit(10), [
    {
      ...shared,
      ...change,
      version: 4,
      action: 'application.delete',
      before: updated,
      after: undefined,
    },
    {
      ...shared,
      ...why,
      version: 3,
      action: 'application.update',
      before: created,
      after: updated,
    },
    {
      ...shared,
      ...change,
      version: 2,
      action: 'application.create',
      before: undefined,
      after: created,
    },
  ])
  assert.equal((await directory.audit(1)).length, 1)
})

test('what the audit trail holds brings the former application back [G4]', async (t) => {
  const directory = await openInMemory(t)
  const publishing = publishingOf('contoso.net', ['web', 'api'])
  const good = await createApplication(directory, 'Expenses', { publishing })
  await directory.updateApplication(good.id, change, (value) => ({
    value: { ...value, publishing: publishingOf('contoso.net') },
  }))
  const [latest] = await directory.audit(1)
  assert.deepEqual(latest?.before, good)
  const undone = await directory.updateApplication(good.id, change, () => ({ value: good }))
  assert.deepEqual(accepted(undone), good)
})

test('listeners are told once per change, after it can be read, and a failing one is no obstacle', async (t) => {
  const directory = await openInMemory(t)
  const seen: Promise<number>[] = []
  directory.onChange(() => {
    throw new Error('a bad listener')
  })
  const stop = directory.onChange(() => seen.push(directory.state().then((state) => state.version)))
  const { id } = await directory.createApplication('Expenses', change)
  await directory.deleteApplication('none', change)
  await directory.deleteApplication(id, change)
  stop()
  await directory.createApplication('Travel', change)
  assert.deepEqual(await Promise.all(seen), [2, 3])
})
