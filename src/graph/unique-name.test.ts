import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openTestApi } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

const create = { prefer: 'create-if-missing' }
const revisions = async () => (await api.call('GET', '/beta/revisions')).body.value.length

test('an application is made under its unique name once, and changed from then on [G1] [G4]', async () => {
  const path = "/v1.0/applications(uniqueName='App-65278')"
  const body = { displayName: 'Display name' }
  assert.equal((await api.call('GET', path)).status, 404)
  assert.equal((await api.call('PATCH', path, body)).status, 404)
  const before = await revisions()
  const made = await api.call('PATCH', path, body, create)
  assert.equal(made.status, 201)
  assert.equal(made.body.uniqueName, 'App-65278')
  assert.equal(made.headers.get('preference-applied'), 'create-if-missing')
  assert.equal(await revisions(), before + 1)
  const location = new URL(made.headers.get('location') ?? '')
  assert.equal((await api.call('GET', location.pathname)).body.displayName, 'Display name')

  const changed = await api.call('PATCH', path, { displayName: 'Another name' }, create)
  assert.equal(changed.status, 204)
  const found = await api.call('GET', "/beta/applications(uniquename='app-65278')")
  assert.equal(found.body.id, made.body.id)
  assert.equal(found.body.displayName, 'Another name')
  const listed = await api.call('GET', "/beta/applications?$filter=uniqueName eq 'App-65278'")
  assert.equal(listed.body.value[0].id, made.body.id)
  // It is what it is: what was read can be sent back, and no other name comes of it.
  const { '@odata.context': _, passwordCredentials: __, ...whole } = found.body
  const back = { ...whole, uniqueName: 'other', onPremisesPublishing: undefined }
  const sent = await api.call('PATCH', path, back)
  assert.equal(sent.status, 204, sent.body?.error.message)
  assert.equal((await api.call('GET', path)).body.uniqueName, 'App-65278')
})

test('a whole publication comes with it, or nothing of it [G1] [G4]', async () => {
  const path = "/beta/applications(uniqueName='team%2Fwiki ''one''')"
  const urls = { externalUrl: 'https://wiki.contoso.net/', internalUrl: 'http://wiki.test/' }
  const bad = { displayName: 'Wiki', tags: 7, onPremisesPublishing: { ...urls, externalUrl: 'x' } }
  const before = await revisions()
  const refused = await api.call('PATCH', path, bad, create)
  assert.equal(refused.status, 400)
  assert.deepEqual(
    refused.body.error.details.map(({ target }: { target: string }) => target),
    ['tags', 'onPremisesPublishing/externalUrl'],
  )
  assert.equal((await api.call('PATCH', path, { tags: [] }, create)).status, 400)
  assert.equal((await api.call('PATCH', path, { displayName: 7 }, create)).status, 400)
  assert.equal(await revisions(), before)
  assert.equal((await api.call('GET', path)).status, 404)
  const good = { displayName: 'Wiki', onPremisesPublishing: urls }
  const made = await api.call('PATCH', path, good, create)
  assert.equal(made.status, 201)
  assert.equal(made.body.uniqueName, "team/wiki 'one'")
  assert.equal(made.body.onPremisesPublishing.externalUrl, urls.externalUrl)
  assert.equal(await revisions(), before + 1)
})

test('of two who make the same at once one makes it and the other changes it or is told [G4]', async () => {
  const path = "/beta/applications(uniqueName='raced')"
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => api.call('PATCH', path, { displayName: 'Raced' }, create)),
  )
  assert.equal(answers.filter(({ status }) => status === 201).length, 1)
  for (const { status } of answers) assert.ok([201, 204, 400].includes(status), String(status))
  const all = await api.call('GET', "/beta/applications?$filter=uniqueName eq 'raced'")
  assert.equal(all.body.value.length, 1)
})

test('conditions hold where something is to be made, too [G4]', async () => {
  const path = "/beta/applications(uniqueName='conditional')"
  const body = { displayName: 'Conditional' }
  const with_ = (more: object) => api.call('PATCH', path, body, { ...create, ...more })
  assert.equal((await with_({ 'if-match': '"other"' })).status, 412)
  assert.equal((await with_({ 'if-none-match': '*' })).status, 201)
  assert.equal((await with_({ 'if-none-match': '*' })).status, 412)
})

test('a group is made under its unique name once, with members, and changed from then on [G1] [G4]', async () => {
  const path = "/v1.0/groups(uniqueName='Golf-Assist')"
  const member = (await api.call('POST', '/v1.0/groups', { displayName: 'Inner' })).body
  const body = {
    ...{ description: 'Golf', displayName: 'Golf Assist', groupTypes: [], mailEnabled: false },
    ...{ mailNickname: 'golfassist', securityEnabled: true },
    'members@odata.bind': [`https://graph.microsoft.com/v1.0/directoryObjects/${member.id}`],
  }
  assert.equal((await api.call('PATCH', path, body)).status, 404)
  const made = await api.call('PATCH', path, body, create)
  assert.equal(made.status, 201)
  assert.equal(made.body.uniqueName, 'Golf-Assist')
  assert.equal((await api.call('PATCH', path, { description: 'Tennis' }, create)).status, 204)
  const found = await api.call('GET', `${path}?$expand=members($select=id)`)
  assert.equal(found.body.id, made.body.id)
  assert.equal(found.body.description, 'Tennis')
  assert.deepEqual(found.body.members, [{ '@odata.type': '#microsoft.graph.group', id: member.id }])
  const list = await api.call('GET', '/v1.0/groups')
  assert.equal(list.body.value[0].uniqueName, undefined)
  const again = await api.call('POST', '/v1.0/groups', {
    displayName: 'x',
    uniqueName: 'golf-assist',
  })
  assert.equal(again.status, 400)
  assert.equal((await api.call('DELETE', path)).status, 204)
  const back = (await api.call('GET', '/beta/revisions')).body.value[0]
  assert.equal((await api.call('POST', `/beta/revisions/${back.id}/rollBack`, {})).status, 200)
  assert.equal((await api.call('GET', path)).body.id, made.body.id)
})

test('a deletion is not taken back while another one has the unique name [G4]', async () => {
  for (const kind of ['applications', 'groups']) {
    const path = `/beta/${kind}(uniqueName='mine')`
    await api.call('PATCH', path, { displayName: 'First' }, create)
    const gone = await api.call('DELETE', path)
    await api.call('PATCH', path, { displayName: 'Second' }, create)
    const revision = gone.headers.get('sallyport-revision')
    const answer = await api.call('POST', `/beta/revisions/${revision}/rollBack`, {})
    assert.ok(answer.status === 400 || answer.status === 409, `${kind} ${answer.status}`)
    assert.equal((await api.call('GET', path)).body.displayName, 'Second')
  }
})

for (const [what, name, status] of [
  ['empty', '', 400],
  ['blank', '%20', 400],
  ['longer than 256 characters', 'x'.repeat(257), 400],
] as const) {
  test(`a unique name that is ${what} is refused [G4]`, async () => {
    const path = `/beta/applications(uniqueName='${name}')`
    assert.equal((await api.call('PATCH', path, { displayName: 'x' }, create)).status, status)
  })
}

test('whoever may not change applications makes none by a name [G3]', async () => {
  const headers = { ...create, authorization: 'Bearer reader' }
  const path = "/beta/applications(uniqueName='theirs')"
  assert.equal((await api.call('PATCH', path, { displayName: 'x' }, headers)).status, 403)
})
