import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedInAs } from '../fixture-signed-in.ts'
import { readArrival } from './arrival.ts'
import type { PeopleRules } from './provider-settings.ts'

const provider = { id: 'idp', displayName: 'IdP' }
const rules: PeopleRules = {
  claims: {
    userPrincipalName: 'preferred_username',
    displayName: 'name',
    givenName: 'given_name',
    surname: 'family_name',
    email: 'email',
    groups: 'groups',
    roles: undefined,
  },
  groups: [
    { name: '/staff', groupId: 'g-staff' },
    { name: '/admins', groupId: 'g-admins' },
    { name: 'staff too', groupId: 'g-staff' },
  ],
  linking: 'never',
  admitsNewPeople: true,
}

function arrive(claims: Record<string, unknown>, changes: Partial<PeopleRules> = {}) {
  const signedIn = signedInAs('s1', { issuer: 'https://idp.test/realm', claims })
  return readArrival(provider, { ...rules, ...changes }, signedIn)
}

const last = arrive({}).userPrincipalNames.at(-1) as string

const names: readonly [what: string, claim: unknown, expected: readonly string[]][] = [
  ['an address', 'ann@contoso.net', ['ann@contoso.net', 'ann_contoso.net#EXT#@idp.test', last]],
  ['a short name', 'ann', ['ann@idp.test', last]],
  ['nothing', undefined, [last]],
  ['no text', 7, [last]],
  ['markup', '<b>ann</b>@contoso.net', [last]],
  ['a line break', 'ann@contoso.net\r\nX-User: root', [last]],
  ['a name that is too long', `${'a'.repeat(65)}@contoso.net`, [last]],
]
for (const [what, claim, expected] of names) {
  test(`somebody whose name is ${what} is called by what is left of it [S11]`, () => {
    assert.deepEqual(arrive({ preferred_username: claim }).userPrincipalNames, expected)
  })
}

test('whoever is called by their address is not called by one that was not checked [S11]', () => {
  const claims = { ...rules.claims, userPrincipalName: 'email' }
  const said = { email: 'ann@contoso.net', email_verified: false }
  const { userPrincipalNames, link } = arrive(said, { claims, linking: 'userPrincipalName' })
  assert.deepEqual([userPrincipalNames, link], [[last], undefined])
  const checked = arrive({ ...said, email_verified: true }, { claims })
  assert.equal(checked.userPrincipalNames[0], 'ann@contoso.net')
})

test('the name of last resort is of issuer and subject alone', () => {
  assert.match(last, /^[0-9a-f]{32}@idp\.test$/)
})

test('a display name is the whole one, or made of its parts, or the principal name', () => {
  const parts = { given_name: 'Ann', family_name: 'Lee' }
  assert.equal(arrive({ name: ' Ann L. ', ...parts }).displayName, 'Ann L.')
  assert.equal(arrive(parts).displayName, 'Ann Lee')
  assert.equal(arrive({ preferred_username: 'ann' }).displayName, 'ann@idp.test')
  assert.equal(arrive({ name: 'x'.repeat(1000) }).displayName.length, 256)
})

const mails: readonly [what: string, claims: object, expected: string | undefined][] = [
  ['that was checked', { email: 'a@x.test', email_verified: true }, 'a@x.test'],
  ['of which nothing is said', { email: 'a@x.test' }, 'a@x.test'],
  ['that was not checked', { email: 'a@x.test', email_verified: false }, undefined],
  ['that was not checked, in words', { email: 'a@x.test', email_verified: 'false' }, undefined],
  ['that is none', { email: 'a@x@test' }, undefined],
]
for (const [what, claims, expected] of mails) {
  test(`an address ${what} is ${expected === undefined ? 'left out' : 'kept'} [S11]`, () => {
    assert.equal(arrive({ ...claims }).mail, expected)
  })
}

const links: readonly [PeopleRules['linking'], claims: object, expected: string | undefined][] = [
  ['never', { email: 'a@x.test', email_verified: true, preferred_username: 'a@x.test' }, undefined],
  ['verifiedEmail', { email: 'a@x.test', email_verified: true }, 'mail a@x.test'],
  ['verifiedEmail', { email: 'a@x.test' }, undefined],
  ['verifiedEmail', { email: 'a@x.test', email_verified: 'true' }, undefined],
  ['userPrincipalName', { preferred_username: 'a@x.test' }, 'userPrincipalName a@x.test'],
  ['userPrincipalName', { email: 'a@x.test', email_verified: true }, undefined],
]
for (const [linking, claims, expected] of links) {
  test(`linking by ${linking} takes ${JSON.stringify(claims)} for ${expected} [S11]`, () => {
    const { link } = arrive({ ...claims }, { linking })
    assert.equal(link && `${link.by} ${link.value}`, expected)
  })
}

test('groups are those that the administrator named, by their exact names [S8]', () => {
  const all = ['g-staff', 'g-admins']
  const said = arrive({ groups: ['/staff', 'staff too', '/ADMINS', 3, '/other'] })
  assert.deepEqual([said.groupIds, said.ruledGroupIds], [['g-staff'], all])
  assert.deepEqual(arrive({ groups: '/admins' }).groupIds, ['g-admins'])
  assert.deepEqual(arrive({}).groupIds, [])
  const nested = { ...rules.claims, groups: 'realm_access.roles' }
  assert.deepEqual(arrive({ realm_access: { roles: ['/admins'] } }, { claims: nested }).groupIds, [
    'g-admins',
  ])
})

test('without a claim for groups the provider decides about none', () => {
  const claims = { ...rules.claims, groups: undefined }
  assert.deepEqual(arrive({ groups: ['/staff'] }, { claims }).ruledGroupIds, [])
})

const withheld: readonly [claims: object, expected: boolean][] = [
  [{ groups: ['/staff'] }, false],
  [{ _claim_names: { groups: 'src1' } }, true],
  [{ hasgroups: true }, true],
  [{ _claim_names: { other: 'src1' } }, false],
  [{ _claim_names: 'groups' }, false],
]
for (const [claims, expected] of withheld) {
  test(`${JSON.stringify(claims)} ${expected ? 'withholds' : 'does not withhold'} groups [S8]`, () => {
    assert.equal(arrive({ ...claims }).groupsWithheld, expected)
  })
}
