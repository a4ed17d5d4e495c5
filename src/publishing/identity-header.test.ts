import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failed } from '../base/check.ts'
import {
  compileIdentityHeaders,
  type IdentityHeader,
  noIdentityHeaders,
  parseIdentityHeaders,
} from './identity-header.ts'

const user: IdentityHeader = {
  name: 'X-Remote-User',
  source: 'attribute',
  value: 'userPrincipalName',
  transformation: 'none',
  separator: ',',
}

function issuesOf(...headers: readonly Partial<IdentityHeader>[]): readonly string[] {
  const mapping = { ...noIdentityHeaders, headers: headers.map((each) => ({ ...user, ...each })) }
  const parsed = parseIdentityHeaders(mapping, '')
  return failed(parsed) ? parsed.issues.map(({ path, code }) => `${path} ${code}`) : []
}

const good = [
  {},
  { name: 'SM_USER' },
  { source: 'claim', value: 'department' },
  { source: 'constant', value: 'extranet, please' },
  { source: 'groups', value: 'displayName', separator: '; ' },
  { source: 'groups', value: 'allIds' },
  { source: 'roles', value: '' },
] as const
for (const header of good) {
  test(`parseIdentityHeaders() takes ${JSON.stringify(header)} [S12]`, () => {
    assert.deepEqual(issuesOf(header), [])
  })
}

const reserved = [
  ...['Host', 'Cookie', 'Authorization', 'Connection', 'Content-Length', 'content_length', 'TE'],
  ...['X-Forwarded-For', 'X.Forwarded.Host', 'X-Sallyport-Assertion', 'X-Request-Id', 'Origin'],
  ...['Transfer-Encoding', 'Sec-Fetch-Mode', 'If-Match', 'Accept', 'Proxy-Authorization', 'Range'],
] as const
for (const name of reserved) {
  test(`parseIdentityHeaders() refuses ${name}, which means something else [S12]`, () => {
    assert.deepEqual(issuesOf({ name }), ['/headers/0/name header-reserved'])
  })
}

const bad = [
  ['no token', { name: 'X User' }, 'name header-name'],
  ['a line end in the name', { name: 'X-User\r\nX-Admin' }, 'name header-name'],
  ['an attribute nobody has', { value: 'shoeSize' }, 'value unknown-value'],
  ['a group fact nobody has', { source: 'groups', value: 'mail' }, 'value unknown-value'],
  ['no claim', { source: 'claim', value: '' }, 'value required'],
  ['a line end in a constant', { source: 'constant', value: 'a\r\nb' }, 'value header-value'],
  ['a letter between members', { separator: 'x' }, 'separator header-separator'],
  ['percent between members', { separator: '%' }, 'separator header-separator'],
  ['a line end between members', { separator: '\n' }, 'separator header-separator'],
] as const
for (const [what, header, issue] of bad) {
  test(`parseIdentityHeaders() refuses ${what} [S12] [G4]`, () => {
    assert.deepEqual(issuesOf(header), [`/headers/0/${issue}`])
  })
}

test('one header in two spellings is refused: an application takes them for one [S12]', () => {
  const names = [{ name: 'Remote-User' }, { name: 'REMOTE_USER' }, { name: 'remote.user' }]
  assert.deepEqual(issuesOf(...names), [
    '/headers/1/name header-twice',
    '/headers/2/name header-twice',
  ])
})

test('a mapping that is switched off sends nothing and still takes out what clients send [S12]', () => {
  const plan = compileIdentityHeaders({ ...noIdentityHeaders, headers: [user] })
  assert.deepEqual(plan?.headers, [])
  assert.deepEqual([...(plan?.names ?? [])], ['x-remote-user'])
  assert.equal(compileIdentityHeaders(noIdentityHeaders), undefined)
})
