import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ann,
  ben,
  conditions,
  convert,
  countries,
  home,
  id,
  mfa,
  officeLocation,
  shop,
  staff,
} from './fixture-entra-policy.ts'
import { listAt, type Resource, textAt, valueAt } from './resource.ts'

test('a policy that is known whole comes in as it is, with names in place of ids [G6] [S8]', () => {
  const { converted, told, document } = convert(
    {
      sessionControls: {
        signInFrequency: {
          isEnabled: true,
          frequencyInterval: 'timeBased',
          type: 'hours',
          value: 4,
        },
        persistentBrowser: null,
      },
    },
    {
      users: { includeUsers: [ann], includeGroups: [staff], excludeUsers: [ben], includeRoles: [] },
      locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted', home] },
      platforms: { includePlatforms: ['all'], excludePlatforms: ['iOS'] },
      clientAppTypes: ['browser', 'mobileAppsAndDesktopClients'],
      ...{ userRiskLevels: [], signInRiskLevels: [], devices: null, authenticationFlows: null },
    },
  )
  assert.deepEqual(told, [])
  assert.deepEqual(converted, {
    ...{ displayName: 'P', state: 'enabled' },
    conditions: {
      users: {
        ...{ includeUsers: ['ann@contoso.com'], excludeUsers: ['ben@contoso.com'] },
        includeGroups: ['Staff'],
      },
      applications: { includeApplications: ['Shop'] },
      locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted', 'Home'] },
      platforms: { includePlatforms: ['all'], excludePlatforms: ['iOS'] },
      clientAppTypes: ['browser', 'mobileAppsAndDesktopClients'],
    },
    grantControls: mfa,
    sessionControls: {
      signInFrequency: {
        ...{ isEnabled: true, authenticationType: 'primaryAndSecondaryAuthentication' },
        ...{ frequencyInterval: 'timeBased', type: 'hours', value: 4 },
      },
    },
  })
  // Whom a policy names comes along, and so do the places.
  const users = listAt(document, 'users').map((each) => textAt(each, 'userPrincipalName'))
  assert.deepEqual(users, ['ann@contoso.com', 'ben@contoso.com'])
  const { id: _, ...officeFacts } = officeLocation
  const { id: __, ...countryFacts } = countries
  assert.deepEqual(document['namedLocations'], [officeFacts, countryFacts])
})

const reportOnly = 'enabledForReportingButNotEnforced'
const stranger = id('f', 7)
const admins = '62e90394-69f5-4237-9190-012177145e10'
const strength = (number: number): Resource => ({
  id: `00000000-0000-0000-0000-00000000000${number}`,
  ...{ displayName: 'Phishing-resistant MFA', requirementsSatisfied: 'mfa' },
})

/** What is otherwise, and in which state the policy comes in; '' where it does not. */
const cases: readonly (readonly [string, Resource, Resource, string, RegExp])[] = [
  ['a policy that is off', { state: 'disabled' }, { userRiskLevels: ['high'] }, 'disabled', /risk/],
  // A condition less, and it would hold for everybody.
  [
    'a risk',
    {},
    { signInRiskLevels: ['high'] },
    'disabled',
    /left conditions\/signInRiskLevels.*risk detection/,
  ],
  [
    'a risk, reported only',
    { state: reportOnly },
    { userRiskLevels: ['low'] },
    'disabled',
    /hold for more/,
  ],
  [
    'a filter for devices',
    {},
    { devices: { deviceFilter: { mode: 'exclude', rule: 'x' } } },
    'disabled',
    /devices/,
  ],
  [
    'device code flow',
    {},
    { authenticationFlows: { transferMethods: 'deviceCodeFlow' } },
    'disabled',
    /flows/,
  ],
  [
    'a condition of tomorrow',
    {},
    { moonPhase: ['full'] },
    'disabled',
    /moonPhase.*no condition that the edge knows/,
  ],
  // Whoever was let off would no longer be.
  [
    'an excluded stranger',
    {},
    { users: { includeUsers: ['All'], excludeUsers: [stranger] } },
    'disabled',
    /left conditions\/users\/excludeUsers.*not in the export of \/users/,
  ],
  [
    'excluded guests',
    {},
    { users: { includeUsers: ['All'], excludeUsers: ['GuestsOrExternalUsers'] } },
    'disabled',
    /no guests/,
  ],
  [
    'excluded guests of a kind',
    {},
    {
      users: {
        includeUsers: ['All'],
        excludeGuestsOrExternalUsers: { guestOrExternalUserTypes: 'serviceProvider' },
      },
    },
    'disabled',
    /no guests/,
  ],
  [
    'excluded administrators',
    {},
    { users: { includeUsers: ['All'], excludeRoles: [admins] } },
    'disabled',
    /does not come along: sallyport roles add/,
  ],
  [
    'a place of no kind known',
    {},
    { locations: { includeLocations: ['All'], excludeLocations: [stranger] } },
    'disabled',
    /does not come along/,
  ],
  [
    'the addresses of the MFA service',
    {},
    {
      locations: {
        includeLocations: ['All'],
        excludeLocations: ['00000000-0000-0000-0000-000000000000'],
      },
    },
    'disabled',
    /not in Graph/,
  ],
  // It would let by whom it caught.
  [
    'a stranger among others',
    {},
    { users: { includeUsers: [ann, stranger] } },
    reportOnly,
    /left conditions\/users\/includeUsers/,
  ],
  [
    'guests among others',
    {},
    { users: { includeUsers: [ann, 'GuestsOrExternalUsers'] } },
    reportOnly,
    /no guests/,
  ],
  ['administrators', {}, { users: { includeRoles: [admins] } }, reportOnly, /does not come along/],
  [
    'administrators of the mail',
    {},
    { users: { includeRoles: [admins, '29232cdf-9323-42fd-ade2-1d097af3e4de'] } },
    reportOnly,
    /no role 29232cdf/,
  ],
  [
    'a place that is not here',
    {},
    { locations: { includeLocations: [home, stranger] } },
    reportOnly,
    /does not come along/,
  ],
  [
    'a second factor and a device',
    { grantControls: { operator: 'AND', builtInControls: ['mfa', 'compliantDevice'] } },
    {},
    reportOnly,
    /compliantDevice cannot be asked for/,
  ],
  [
    'terms of use besides',
    { grantControls: { ...mfa, operator: 'AND', termsOfUse: [stranger] } },
    {},
    reportOnly,
    /termsOfUse cannot/,
  ],
  [
    'a stronger factor',
    { grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: strength(4) } },
    {},
    reportOnly,
    /Phishing-resistant MFA only mfa/,
  ],
  [
    'a cloud broker',
    {
      sessionControls: {
        cloudAppSecurity: { isEnabled: true, cloudAppSecurityType: 'blockDownloads' },
      },
    },
    {},
    reportOnly,
    /Defender/,
  ],
  // It is as much, or more.
  [
    'any second factor by strength',
    { grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: strength(2) } },
    {},
    'enabled',
    /^$/,
  ],
  [
    'a second factor or a device',
    { grantControls: { operator: 'OR', builtInControls: ['mfa', 'compliantDevice'] } },
    {},
    'enabled',
    /changed .*compliantDevice is no way/,
  ],
  [
    'a second factor every day',
    {
      sessionControls: {
        signInFrequency: {
          isEnabled: true,
          type: 'days',
          value: 1,
          authenticationType: 'secondaryAuthentication',
        },
      },
    },
    {},
    'enabled',
    /whole sign-in/,
  ],
  [
    'applications that are elsewhere, too',
    {},
    { applications: { includeApplications: [shop, 'Office365', stranger] } },
    'enabled',
    /changed .*without Office365, f+-.*not published here/,
  ],
  ['all, and a stranger', {}, { users: { includeUsers: ['All', stranger] } }, 'enabled', /^$/],
  [
    'what PowerShell writes for nothing',
    {},
    {
      devices: { deviceFilter: { mode: null, rule: null }, includeDevices: [] },
      clientApplications: { includeServicePrincipals: [] },
    },
    'enabled',
    /^$/,
  ],
  ['an old mail client', {}, { clientAppTypes: ['easSupported', 'other'] }, 'enabled', /^$/],
  [
    'evaluation that was strict',
    { sessionControls: { continuousAccessEvaluation: { mode: 'strictLocation' } } },
    {},
    'enabled',
    /holds always/,
  ],
  // Nothing is left of it.
  [
    'a policy for Office alone',
    {},
    { applications: { includeApplications: ['Office365'] } },
    '',
    /no application that is published/,
  ],
  [
    'a policy about registering',
    {},
    { applications: { includeUserActions: ['urn:user:registersecurityinfo'] } },
    '',
    /by name here/,
  ],
  [
    'a policy for guests',
    {},
    { users: { includeUsers: ['GuestsOrExternalUsers'] } },
    '',
    /names nobody/,
  ],
  [
    'a policy for programs',
    {},
    {
      users: { includeUsers: ['None'] },
      clientApplications: { includeServicePrincipals: ['All'] },
    },
    '',
    /about programs/,
  ],
  [
    'devices or nothing',
    {
      grantControls: { operator: 'OR', builtInControls: ['compliantDevice', 'domainJoinedDevice'] },
    },
    {},
    '',
    /compliantDevice, domainJoinedDevice cannot/,
  ],
  [
    'limits of SharePoint alone',
    {
      grantControls: null,
      sessionControls: { applicationEnforcedRestrictions: { isEnabled: true } },
    },
    {},
    '',
    /nothing that it asks for/,
  ],
]
for (const [what, parts, conditionParts, state, said] of cases) {
  test(`with ${what} a policy of Entra ${state === '' ? 'stays there' : `comes in as ${state}`}, which is told [G6] [S8]`, () => {
    const { converted, told } = convert(parts, conditionParts)
    assert.equal(textAt(converted, 'state'), state)
    assert.match(told.join('\n'), said)
    const wasOn = (parts['state'] ?? 'enabled') === 'enabled'
    if (wasOn && state !== 'enabled' && state !== '')
      assert.match(told.join('\n'), /changed state: comes in/)
  })
}

test('without every trusted location nothing that leaves them out is in force [S8]', () => {
  const locations = { includeLocations: ['All'], excludeLocations: ['AllTrusted'] }
  const old = {
    ...{ id: id('d', 3), displayName: 'Old', isTrusted: true },
    ipRanges: [{ lowerAddress: '10.0.0.1', upperAddress: '10.0.0.9' }],
  }
  assert.equal(textAt(convert({}, { locations }).converted, 'state'), 'enabled')
  const { converted, report } = convert({}, { locations }, [old])
  assert.equal(textAt(converted, 'state'), 'disabled')
  assert.ok(
    report.some(({ kind, message }) => kind === 'left' && message.startsWith('Old: its ranges')),
  )
})

test('policies and places of one name get names of their own, and none that would be read as a word', () => {
  const twin = { ...officeLocation, id: id('d', 4), displayName: 'AllTrusted', isTrusted: false }
  const second = {
    id: id('e', 2),
    displayName: 'p',
    state: 'disabled',
    conditions,
    grantControls: mfa,
  }
  const { document } = convert({}, { locations: { includeLocations: [twin.id] } }, [twin, second])
  const [first, other] = listAt(document, 'conditionalAccessPolicies')
  assert.deepEqual(valueAt(first, 'conditions/locations'), { includeLocations: ['AllTrusted (2)'] })
  assert.equal(textAt(other, 'displayName'), 'p (2)')
})
