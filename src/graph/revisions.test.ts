import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestApi, publishWildcard, seedSegments, type TestApi } from './test-api.ts'

/** PATCHes and returns the revision that it made. */
async function change(api: TestApi, path: string, body: object, reason = ''): Promise<string> {
  const answer = await api.call('PATCH', path, body, { 'x-change-reason': reason })
  assert.ok(answer.status < 300, JSON.stringify(answer.body))
  const revision = answer.headers.get('sallyport-revision')
  assert.match(revision ?? '', /^[0-9]+$/)
  return revision ?? ''
}

async function publishSeed(api: TestApi): Promise<string> {
  const path = await publishWildcard(api, 'contoso.net')
  const segments = seedSegments.slice(0, 1)
  await change(api, path, { onPremisesPublishing: { onPremisesApplicationSegments: segments } })
  return path
}

test('a writing answer names the revision that it made; one that changed nothing names none [G4]', async () => {
  await using api = await openTestApi()
  const path = await publishSeed(api)
  await change(api, path, { displayName: 'Wiki' })
  const again = await api.call('PATCH', path, { displayName: 'Wiki' })
  assert.equal(again.headers.get('sallyport-revision'), null)
  const read = await api.call('GET', path)
  assert.equal(read.headers.get('sallyport-revision'), null)
})

test('a revision says who, why and what, and where before and after differ [G4]', async () => {
  await using api = await openTestApi()
  const path = await publishSeed(api)
  const web = 'segmentsConfiguration/microsoft.graph.webSegmentConfiguration/applicationSegments'
  const segments = await api.call('GET', `${path}/onPremisesPublishing/${web}`)
  const segment = segments.body.value[0].id
  const at = `${path}/onPremisesPublishing/${web}/${segment}`
  const id = await change(api, at, { internalUrl: 'https://other.test.com/' }, 'ticket 4711')
  const { body } = await api.call('GET', `/beta/revisions/${id}`)
  assert.equal(body.author, 'administrator@contoso.test')
  assert.equal(body.reason, 'ticket 4711')
  assert.equal(body.activity, 'application.update')
  assert.equal(body.isReversible, true)
  assert.equal(body.isRollbackOf, null)
  const [only] = body.changes
  assert.deepEqual(
    [only.resource, only.displayName, only.change],
    ['application', 'contoso.net', 'updated'],
  )
  assert.deepEqual(only.diff, [
    {
      path: `onPremisesPublishing/onPremisesApplicationSegments/${segment}/internalUrl`,
      before: 'https://home.test.com/',
      after: 'https://other.test.com/',
    },
  ])
  assert.equal(only.before.onPremisesPublishing.onPremisesApplicationSegments[0].id, segment)
})

test('revisions are listed the newest first, in pages, and by what they changed [G4]', async () => {
  await using api = await openTestApi()
  const path = await publishSeed(api)
  const id = path.split('/').at(-1)
  await api.call('POST', '/beta/groups', { displayName: 'Staff' })
  const first = await api.call('GET', '/beta/revisions?$top=1')
  assert.deepEqual(
    first.body.value.map((each: { activity: string }) => each.activity),
    ['group.create'],
  )
  assert.equal(first.body.value[0].changes[0].displayName, 'Staff')
  assert.ok(!('before' in first.body.value[0].changes[0]))
  const next = new URL(first.body['@odata.nextLink'])
  const second = await api.call('GET', `${next.pathname}${next.search}`)
  assert.deepEqual(
    second.body.value.map((each: { activity: string }) => each.activity),
    ['application.update'],
  )
  const own = await api.call('GET', `/beta/revisions?$filter=changes/any(c:c eq '${id}')`)
  assert.equal(own.body.value.length, 3)
})

test('what was changed is told by its name, also where only its id was written down, and when it is gone [G4] [G5]', async () => {
  await using api = await openTestApi()
  const groups = '/beta/onPremisesPublishingProfiles/applicationProxy/connectorGroups'
  const { id } = (await api.call('POST', groups, { name: 'Plant' })).body
  await api.call('POST', `${groups}/${id}/enrolmentTokens`, {})
  const namesOf = async () => {
    const revisions = (await api.call('GET', '/beta/revisions?$top=9')).body.value
    const audits = (await api.call('GET', '/beta/auditLogs/directoryAudits?$top=9')).body.value
    type Named = { readonly id: string; readonly displayName: string | null }
    const listed: readonly { changes?: Named[]; targetResources?: Named[] }[] = [
      ...revisions,
      ...audits,
    ]
    const all = listed.flatMap(({ changes, targetResources }) => changes ?? targetResources ?? [])
    return all.filter((each) => each.id === id).map(({ displayName }) => displayName)
  }
  assert.deepEqual(await namesOf(), ['Plant', 'Plant', 'Plant', 'Plant'])
  await api.call('DELETE', `${groups}/${id}`)
  assert.deepEqual([...new Set(await namesOf())], ['Plant'])
})

test('a roll-back takes one change back, leaves later ones, and is a revision itself [G4]', async () => {
  await using api = await openTestApi()
  const path = await publishSeed(api)
  const renamed = await change(api, path, { displayName: 'Handbook' })
  await change(api, path, { tags: ['later'] })
  const dry = await api.call('POST', `/beta/revisions/${renamed}/rollBack`, { dryRun: true })
  assert.equal(dry.status, 200)
  assert.equal(dry.body.revisionId, null)
  assert.equal(dry.headers.get('sallyport-revision'), null)
  const back = await api.call('POST', `/beta/revisions/${renamed}/rollBack`, {})
  assert.equal(back.status, 200)
  assert.deepEqual(back.body.changes[0].diff, [
    { path: 'displayName', before: 'Handbook', after: 'contoso.net' },
  ])
  assert.deepEqual(dry.body.changes, back.body.changes)
  assert.equal(back.body.revisionId, back.headers.get('sallyport-revision'))
  const now = await api.call('GET', path)
  assert.deepEqual([now.body.displayName, now.body.tags], ['contoso.net', ['later']])
  const made = await api.call('GET', `/beta/revisions/${back.body.revisionId}`)
  assert.equal(made.body.isRollbackOf, renamed)
})

test('a later change of the same field is 409 with its place, and gives way to force [G4]', async () => {
  await using api = await openTestApi()
  const path = await publishSeed(api)
  const first = await change(api, path, { displayName: 'First' })
  const second = await change(api, path, { displayName: 'Second' })
  const refused = await api.call('POST', `/beta/revisions/${first}/rollBack`, {})
  assert.equal(refused.status, 409)
  const [detail] = refused.body.error.details
  assert.equal(detail.code, 'changed-since')
  assert.equal(detail.target, `application/${path.split('/').at(-1)}`)
  assert.match(detail.message, new RegExp(`revision ${second} `))
  const forced = await api.call('POST', `/beta/revisions/${first}/rollBack`, { force: true })
  assert.equal(forced.status, 200)
  assert.equal((await api.call('GET', path)).body.displayName, 'contoso.net')
})

test('what would not be valid is 400 with Graph’s names, forced or not [G4]', async () => {
  await using api = await openTestApi()
  const path = await publishWildcard(api, 'contoso.net')
  const deleted = await api.call('DELETE', path)
  await publishWildcard(api, 'contoso.net')
  const id = deleted.headers.get('sallyport-revision')
  const refused = await api.call('POST', `/beta/revisions/${id}/rollBack`, { force: true })
  assert.equal(refused.status, 400)
  assert.deepEqual(
    refused.body.error.details.map((each: { target: string }) => each.target),
    [`application/${path.split('/').at(-1)}/externalUrl`],
  )
})

test('secrets are in no revision, but that they were changed is [G4]', async () => {
  await using api = await openTestApi()
  const secret = 'a very secret secret'
  const provider = {
    ...{ id: 'corp', displayName: 'Corp', clientId: 'sallyport', clientSecret: secret },
    issuer: 'https://issuer.test/',
  }
  await api.call('POST', '/beta/identity/identityProviders', provider)
  const path = '/beta/identity/identityProviders/corp'
  const id = await change(api, path, { clientSecret: 'another secret that is longer' })
  const { body } = await api.call('GET', `/beta/revisions/${id}`)
  assert.deepEqual(body.changes[0].diff, [
    { path: 'clientSecret', before: '(a secret)', after: '(another secret)' },
  ])
  const application = await publishWildcard(api, 'contoso.net')
  const added = await api.call('POST', `${application}/addPassword`, {})
  for (const { id: each } of (await api.call('GET', '/beta/revisions')).body.value) {
    const text = JSON.stringify((await api.call('GET', `/beta/revisions/${each}`)).body)
    assert.doesNotMatch(text, /sealed|"hash"|secret secret/)
    assert.ok(!text.includes(added.body.secretText))
  }
  assert.equal((await api.call('POST', `/beta/revisions/${id}/rollBack`, {})).status, 200)
})

test('what is not there, not known or not allowed is refused [G3] [G4]', async () => {
  await using api = await openTestApi()
  assert.equal((await api.call('GET', '/beta/revisions/999')).status, 404)
  assert.equal((await api.call('GET', '/beta/revisions/x')).status, 404)
  assert.equal((await api.call('POST', '/beta/revisions/999/rollBack', {})).status, 404)
  assert.equal((await api.call('POST', '/beta/revisions/1/rollBack', { forse: true })).status, 400)
  assert.equal((await api.call('GET', '/beta/revisions?$skiptoken=x')).status, 400)
  assert.equal((await api.call('GET', '/v1.0/revisions')).status, 404)
  const others = { authorization: 'Bearer nobody' }
  assert.equal((await api.call('GET', '/beta/revisions', undefined, others)).status, 403)
  assert.equal((await api.call('POST', '/beta/revisions/2/rollBack', {}, others)).status, 403)
})
