import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openTestApi } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

async function person(displayName: string, mail: string, accountEnabled = true): Promise<string> {
  const { body } = await api.call('POST', '/beta/users', {
    ...{ displayName, mail, accountEnabled, userPrincipalName: mail.replace('@', '.1@') },
    passwordProfile: { password: 'long enough for everybody' },
  })
  return body.id
}

const ids = [
  await person('Zoë Winter', 'zoe@contoso.com'),
  await person('ann summer', 'ann@fabrikam.com'),
  await person('Bo Winter-Summer', 'bo@contoso.com', false),
]
const groupPath = '/beta/groups'
const inner = (await api.call('POST', groupPath, { displayName: 'Inner' })).body.id
const outer = (
  await api.call('POST', groupPath, {
    displayName: 'Outer',
    description: 'Everybody',
    'members@odata.bind': [
      `https://graph.microsoft.com/v1.0/directoryObjects/${ids[0]}`,
      `https://graph.microsoft.com/v1.0/groups('${inner}')`,
    ],
  })
).body.id
await api.call('POST', `${groupPath}/${inner}/members/$ref`, {
  '@odata.id': `https://graph.microsoft.com/v1.0/users/${ids[1]}`,
})

async function names(path: string): Promise<string> {
  const { status, body } = await api.call('GET', path)
  assert.equal(status, 200, body?.error?.message)
  return body.value.map((each: { displayName: string }) => each.displayName.split(' ')[0]).join(' ')
}

// [query of /users, first names in order]
const queries = [
  ['$orderby=displayName', 'ann Bo Zoë'],
  ['$orderby=displayName desc', 'Zoë Bo ann'],
  ['$orderby=accountEnabled,displayName', 'Bo ann Zoë'],
  ['$orderby=AccountEnabled DESC, displayname asc', 'ann Zoë Bo'],
  ['$orderby=displayName&$top=1&$skip=1', 'Bo'],
  ['$orderby=mail&$filter=accountEnabled eq true', 'ann Zoë'],
  ['$search="winter"&$orderby=displayName', 'Bo Zoë'],
  ['$search="displayName:sum"&$orderby=displayName', 'ann Bo'],
  ['$search="displayName:sum" AND "mail:contoso"', 'Bo'],
  ['$search="mail:fabrikam" OR "displayName:zoë"&$orderby=mail', 'ann Zoë'],
  ['$search=("mail:fabrikam" OR "mail:bo") AND "displayName:summer win"', 'Bo'],
  ['$search="displayName:inter"', ''],
  ["$filter=endswith(mail,'CONTOSO.com')&$orderby=mail", 'Bo Zoë'],
  ["$filter=contains(displayName,'-sum')", 'Bo'],
  ["$filter=mail in ('ann@fabrikam.com','bo@contoso.com')&$orderby=mail", 'ann Bo'],
] as const
for (const [query, expected] of queries) {
  test(`/users?${query} finds ${expected || 'nobody'} [G1]`, async () => {
    assert.equal(await names(`/beta/users?${query.replaceAll('ë', '%C3%AB')}`), expected)
  })
}

const refused = [
  ['$orderby=password', 'bad-orderby'],
  ['$orderby=displayName down', 'bad-orderby'],
  ['$orderby=', 'bad-orderby'],
  ['$orderby=a,b,c,d,e,f,g,h,i', 'bad-orderby'],
  ['$search=', 'bad-search'],
  ['$search="x', 'bad-search'],
  ['$search="id:5"', 'bad-search'],
  ['$search="x" AND', 'bad-search'],
  ['$search=("x"', 'bad-search'],
  ['$search="--"', 'bad-search'],
  [`$search=${'x'.repeat(501)}`, 'bad-search'],
  [`$search=${'('.repeat(90)}`, 'bad-search'],
  ['$expand=manager', 'bad-expand'],
  ['$expand=memberOf($filter=id)', 'bad-expand'],
  ['$expand=memberOf($select=password)', 'unknown-property'],
  ['$filter=mail in ()', 'bad-filter'],
  ['$filter=contains(mail)', 'bad-filter'],
  ['$filter=constructor eq 1', 'bad-filter'],
] as const
for (const [query, code] of refused) {
  test(`/users?${query.slice(0, 30)} is refused as ${code} [G4]`, async () => {
    const { status, body } = await api.call('GET', `/beta/users?${query}`)
    assert.equal(status, 400)
    assert.equal(body.error.innerError.code, code)
  })
}

test('the count of a list is a number alone, of all that the filter lets through [G1]', async () => {
  const headers = { authorization: 'Bearer administrator', consistencylevel: 'eventual' }
  const count = (path: string) =>
    api.fetch(new Request(`https://api.contoso.test${path}`, { headers }))
  const all = await count('/v1.0/users/$count')
  assert.equal(await all.text(), '3')
  assert.match(all.headers.get('content-type') ?? '', /^text\/plain/)
  const some = await count('/v1.0/users/$count?$search="winter"&$filter=accountEnabled eq true')
  assert.equal(await some.text(), '1')
  assert.equal((await count(`/v1.0/users/${ids[0]}/$count`)).status, 404)
  assert.equal((await count('/v1.0/users/$count?$expand=x&$filter=nothing eq 1')).status, 400)
})

test('the next page is in the same order, found by the same search and as wide [G1]', async () => {
  const query = '$orderby=displayName desc&$search="winter"&$top=1&$count=true&$expand=memberOf'
  const first = await api.call('GET', `/beta/users?${query}`)
  assert.equal(first.body['@odata.count'], 2)
  assert.equal(first.body.value[0].displayName, 'Zoë Winter')
  const next = new URL(first.body['@odata.nextLink'])
  const second = await api.call('GET', `${next.pathname}${next.search}`)
  assert.equal(second.body.value[0].displayName, 'Bo Winter-Summer')
  assert.deepEqual(second.body.value[0].memberOf, [])
  assert.equal(second.body['@odata.nextLink'], undefined)
})

test('what somebody is a member of, and who is in a group, is read along [G1]', async () => {
  const { body } = await api.call('GET', `/beta/users/${ids[0]}?$select=id&$expand=memberOf`)
  assert.match(body['@odata.context'], /#users\(id,memberOf\(\)\)\/\$entity$/)
  assert.deepEqual(Object.keys(body), ['@odata.context', 'id', 'memberOf'])
  assert.equal(body.memberOf[0]['@odata.type'], '#microsoft.graph.group')
  const group = await api.call('GET', `/beta/groups/${outer}?$expand=members($select=id)`)
  assert.deepEqual(
    group.body.members.map(({ id }: { id: string }) => id).sort(),
    [ids[0], inner].sort(),
  )
  assert.equal(group.body.members[0].displayName, undefined)
})

test('an expanded list that is long says where the rest of it is [G1]', async () => {
  const group = await api.directory.createGroup('Long', { author: 'test', reason: '' })
  for (let at = 0; at < 101; at++) {
    const part = await api.directory.createGroup(`Part ${at}`, { author: 'test', reason: '' })
    await api.directory.addGroupMember(group.id, part.id, { author: 'test', reason: '' })
  }
  const { body } = await api.call('GET', `/beta/groups/${group.id}?$expand=members`)
  assert.equal(body.members.length, 100)
  const next = new URL(body['members@odata.nextLink'])
  const rest = await api.call('GET', `${next.pathname}${next.search}`)
  assert.equal(rest.body.value.length, 1)
})

// [path, names in order]
const lists = [
  [`/beta/groups/${outer}/members?$orderby=displayName`, 'Inner Zoë'],
  [`/beta/groups/${outer}/members/microsoft.graph.user`, 'Zoë'],
  [`/beta/groups/${outer}/members/microsoft.graph.group`, 'Inner'],
  [`/beta/groups/${outer}/transitiveMembers?$orderby=displayName`, 'ann Inner Zoë'],
  [`/v1.0/groups/${outer}/transitiveMembers/microsoft.graph.user?$orderby=displayName`, 'ann Zoë'],
  [`/beta/groups/${inner}/memberOf`, 'Outer'],
  [`/beta/users/${ids[1]}/memberOf`, 'Inner'],
  [`/beta/users/${ids[1]}/transitiveMemberOf?$orderby=displayName`, 'Inner Outer'],
  [`/beta/users/${ids[1]}/transitiveMemberOf/microsoft.graph.directoryRole`, ''],
] as const
for (const [path, expected] of lists) {
  test(`GET ${path.replaceAll(/[0-9a-f-]{36}/g, '{id}')} finds ${expected || 'nothing'} [G1]`, async () => {
    assert.equal(await names(path), expected)
  })
}

test('a person is asked which of some groups they are in [G1]', async () => {
  const path = `/v1.0/users/${ids[1]}`
  const asked = { groupIds: [outer, '00000000-0000-0000-0000-000000000001'] }
  const checked = await api.call('POST', `${path}/checkMemberGroups`, asked)
  assert.deepEqual(checked.body.value, [outer])
  const all = await api.call('POST', `${path}/getMemberGroups`, { securityEnabledOnly: true })
  assert.deepEqual(all.body.value, [inner, outer])
})

test('a group gets another name, and one that is made with somebody unknown is not made [G4]', async () => {
  const path = `/beta/groups/${inner}`
  assert.equal((await api.call('PATCH', path, { description: 'Core' })).status, 204)
  assert.equal((await api.call('PATCH', path, { displayName: 'Inner circle' })).status, 204)
  const { body } = await api.call('GET', path)
  assert.equal(body.description, 'Core')
  assert.equal(body.displayName, 'Inner circle')
  const unknown = '/users/00000000-0000-0000-0000-000000000001'
  const made = await api.call('POST', groupPath, {
    displayName: 'Never',
    'members@odata.bind': [unknown],
    'owners@odata.bind': [unknown],
  })
  assert.equal(made.status, 400)
  assert.deepEqual(
    made.body.error.details.map(({ target }: { target: string }) => target),
    ['members@odata.bind/0', 'owners@odata.bind/0'],
  )
  assert.equal(await names("/beta/groups?$filter=displayName eq 'Never'"), '')
})

test('members that a PATCH of a group binds come to those that are there, all of them or none [G4]', async () => {
  const { id } = (await api.call('POST', groupPath, { displayName: 'Bound' })).body
  const path = `${groupPath}/${id}`
  const reference = (to: string) => `https://graph.microsoft.com/v1.0/directoryObjects/${to}`
  const bind = (...members: readonly (string | undefined)[]) =>
    api.call('PATCH', path, {
      description: 'Bound together',
      'members@odata.bind': members.map((member) => reference(member ?? '')),
    })
  const both = await bind(ids[0], inner)
  assert.equal(both.status, 204)
  assert.match(both.headers.get('sallyport-revision') ?? '', /^\d+$/)
  assert.equal((await api.call('PATCH', path, { description: 'As before' })).status, 204)

  const refused = await bind(ids[1], '00000000-0000-0000-0000-000000000001', ids[0], id, ids[1])
  assert.equal(refused.status, 400)
  assert.deepEqual(
    refused.body.error.details.map(({ code, target }: { code: string; target: string }) => [
      code,
      target,
    ]),
    [
      ['not-found', 'members@odata.bind/1'],
      ['already-exists', 'members@odata.bind/2'],
      ['invalid', 'members@odata.bind/3'],
      ['already-exists', 'members@odata.bind/4'],
    ],
  )
  const after = await api.call('GET', `${path}?$expand=members($select=id)`)
  assert.equal(after.body.description, 'As before')
  assert.deepEqual(
    after.body.members.map((member: { id: string }) => member.id).sort(),
    [ids[0], inner].sort(),
  )
  assert.equal((await bind(...Array.from({ length: 21 }, () => ids[1]))).status, 400)
})
