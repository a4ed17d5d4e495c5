import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import { fieldValue } from '../http/headers.ts'
import type { Session } from '../identity/session.ts'
import { AssertionKeys } from '../identity/token/assertion-keys.ts'
import type { Group } from '../policy/memberships.ts'
import type { AppRole } from '../publishing/registration.ts'
import { compileApplication } from '../publishing/route.ts'
import type { RoutedApplication } from '../publishing/route-table.ts'
import { sampleApplication } from '../publishing/sample.ts'
import type { PublishingInput } from '../publishing/validate.ts'
import { IdentityFields, maxGroups } from './identity-fields.ts'

const session: Session = {
  id: 'session-1',
  personId: 'person-1',
  userPrincipalName: 'Zoe@contoso.net',
  displayName: 'Zoë',
  applicationId: 'app',
  providerId: 'embedded',
  providerSessionId: undefined,
  createdAt: 0,
  expiresAt: 1e15,
  authenticatedAt: 1_700_000_000_000,
  amr: ['pwd'],
  acr: undefined,
  verifiedAt: 0,
  refreshable: false,
  seenAt: 0,
  claims: { email: 'zoe@mail.test', department: 'R&D', cost_center: 4711, address: { city: 'x' } },
}

const sales = { id: 'g1', displayName: 'Sales' }
const staff = { id: 'g2', displayName: 'Staff, all' }

function memberships(groups: readonly Group[] = [sales, staff], assigned = ['g2']) {
  return {
    groupsOf: new Map([['person-1', groups]]),
    assignedGroups: new Map([['app', new Set(assigned)]]),
    rolesAt: new Map([
      [
        'app',
        new Map([
          ['person-1', ['r1', 'r2', 'gone']],
          ['other', ['r3']],
        ]),
      ],
    ]),
  }
}

type Mapping = NonNullable<PublishingInput['identityHeaders']>
type Header = NonNullable<Mapping['headers']>[number]

function header(name: string, source: Header['source'], value: string): Header {
  return { name, source, value, transformation: 'none', separator: ',' }
}

function applicationWith(identityHeaders: Mapping): RoutedApplication {
  const application = sampleApplication('app', {
    externalUrl: 'https://app.contoso.test/',
    internalUrl: 'http://inside.test/',
    identityHeaders: { enabled: true, ...identityHeaders },
  })
  const appRoles = ['r1', 'r2', 'r3'].map((id) => {
    const facts = { displayName: id, description: '', enabled: true, allowedMembers: ['User'] }
    return { id, value: `Role.${id}`, ...facts } as AppRole
  })
  const registration = { ...application.registration, appRoles }
  const [route] = compileApplication({ ...application, registration })
  assert.ok(route)
  return route.application
}

function makerAt(time = { now: 1_700_000_100_000 }): IdentityFields {
  const clock = () => time.now
  const keys = new AssertionKeys(randomBytes(32), clock)
  return new IdentityFields({ issuer: 'https://login.contoso.test/.sallyport', keys, clock })
}

function fields(mapping: Mapping, who: Partial<Session> = {}, members = memberships()) {
  const application = applicationWith(mapping)
  assert.ok(application.identity)
  return makerAt().fieldsFor(application, application.identity, { ...session, ...who }, members)
}

const told = [
  ['an attribute', header('X-U', 'attribute', 'userPrincipalName'), 'Zoe@contoso.net'],
  ['a name beyond ASCII', header('X-U', 'attribute', 'displayName'), 'Zo%C3%AB'],
  ['mail', header('X-U', 'attribute', 'mail'), 'zoe@mail.test'],
  ['a claim', header('X-U', 'claim', 'department'), 'R&D'],
  ['a number', header('X-U', 'claim', 'cost_center'), '4711'],
  ['a constant', header('X-U', 'constant', 'extranet'), 'extranet'],
  ['groups of the application', header('X-U', 'groups', 'displayName'), 'Staff%2C all'],
  ['all groups', header('X-U', 'groups', 'allIds'), 'g1,g2'],
  ['no claim', header('X-U', 'claim', 'shoe_size'), undefined],
  ['what every object inherits', header('X-U', 'claim', 'constructor'), undefined],
  ['an object', header('X-U', 'claim', 'address'), undefined],
] as const
for (const [what, mapped, expected] of told) {
  test(`the application is told ${what} [S12]`, () => {
    const value = fieldValue(fields({ headers: [mapped] }), 'x-u')
    assert.equal(value, expected)
  })
}

test('somebody in too many groups is told of in none: half a list could mean the opposite [S12]', () => {
  const many = Array.from({ length: maxGroups + 1 }, (_, i) => ({
    id: `g${i}`,
    displayName: `${i}`,
  }))
  const told = fields({ headers: [header('X-G', 'groups', 'allIds')] }, {}, memberships(many))
  assert.deepEqual(told, [])
})

test('an application that signed in by itself has no name that could be taken for a person [S12]', () => {
  const headers = [
    header('X-U', 'attribute', 'userPrincipalName'),
    header('X-N', 'attribute', 'displayName'),
    header('X-K', 'attribute', 'mailNickname'),
    header('X-R', 'roles', ''),
  ]
  const who = { userPrincipalName: '', displayName: '', claims: { roles: ['Reader'] } }
  const robot = { ...who, personId: 'robot' }
  assert.deepEqual(fields({ headers }, robot), ['X-R', 'Reader'])
})

test('the assertion names the application, the person and how long it is good [S12]', () => {
  const told = fields({ assertion: true })
  const claims = decodeJwt(fieldValue(told, 'x-sallyport-assertion') ?? '')
  assert.equal(claims.aud, 'app-app')
  assert.equal(claims.iss, 'https://login.contoso.test/.sallyport')
  assert.equal(claims.sub, 'person-1')
  assert.equal(claims['preferred_username'], 'Zoe@contoso.net')
  assert.deepEqual(claims['groups'], ['Staff, all'])
  assert.ok(!JSON.stringify(claims).includes('session-1'))
})

test('an assertion is signed once a minute, and again when groups change [S12]', () => {
  const time = { now: 1_700_000_100_000 }
  const maker = makerAt(time)
  const application = applicationWith({ assertion: true })
  const plan = application.identity
  assert.ok(plan)
  const members = memberships()
  const first = maker.fieldsFor(application, plan, session, members)
  assert.equal(maker.fieldsFor(application, plan, session, members), first)
  assert.notEqual(maker.fieldsFor(application, plan, session, memberships()), first)
  time.now += 60_000
  const later = maker.fieldsFor(application, plan, session, members)
  assert.notEqual(later, first)
  const { exp = 0 } = decodeJwt(fieldValue(later, 'x-sallyport-assertion') ?? '')
  assert.ok(exp * 1000 - time.now >= 4 * 60_000)
})

test('roles are what the token says and what the directory gives [S12] [S8]', () => {
  const headers = [header('X-R', 'roles', '')]
  assert.deepEqual(fields({ headers }), ['X-R', 'Role.r1,Role.r2'])
  const who = { claims: { roles: ['Reader', 'Role.r1'] } }
  assert.deepEqual(fields({ headers }, who), ['X-R', 'Reader,Role.r1,Role.r2'])
})
