import { convertExport } from './entra-document.ts'
import { readExport } from './entra-export.ts'
import { listAt, type Resource } from './resource.ts'

/** Ids that can be told apart. */
export const id = (kind: string, number: number): string =>
  `${kind.repeat(8)}-0000-4000-8000-00000000000${number}`
export const [ann, ben, staff, shop, office, home] = [
  ...[id('a', 1), id('a', 2), id('b', 1), id('c', 1), id('d', 1), id('d', 2)],
] as const

const shopApplication = {
  ...{ id: id('c', 9), appId: shop, displayName: 'Shop' },
  onPremisesPublishing: { externalUrl: 'https://shop.test/', internalUrl: 'http://shop/' },
}
const people = [
  { id: ann, userPrincipalName: 'ann@contoso.com', displayName: 'Ann' },
  { id: ben, userPrincipalName: 'ben@contoso.com', displayName: 'Ben' },
  {
    id: staff,
    displayName: 'Staff',
    groupTypes: [],
    members: [{ id: ben, userPrincipalName: 'ben@contoso.com' }],
  },
]
export const officeLocation = {
  ...{ '@odata.type': '#microsoft.graph.ipNamedLocation', id: office, displayName: 'Office' },
  isTrusted: true,
  ipRanges: [{ '@odata.type': '#microsoft.graph.iPv4CidrRange', cidrAddress: '203.0.113.0/24' }],
}
export const countries = {
  ...{ '@odata.type': '#microsoft.graph.countryNamedLocation', id: home, displayName: 'Home' },
  ...{ countriesAndRegions: ['DE', 'FR'], includeUnknownCountriesAndRegions: false },
}

export const conditions = {
  users: { includeUsers: ['All'] },
  applications: { includeApplications: [shop] },
  clientAppTypes: ['all'],
}
export const mfa = { operator: 'OR', builtInControls: ['mfa'] }

/** A policy of an export with these parts otherwise, and what came of it. */
export function convert(
  parts: Resource,
  conditionParts: Resource = {},
  others: readonly Resource[] = [],
) {
  const policy = {
    ...{ id: id('e', 1), displayName: 'P', state: 'enabled', grantControls: mfa },
    ...{ sessionControls: null, ...parts },
    conditions: { ...conditions, ...conditionParts },
  }
  const all = [shopApplication, ...people, officeLocation, countries, policy, ...others]
  const { document, report } = convertExport(readExport('x.json', { value: all }), new Map())
  const [converted] = listAt(document, 'conditionalAccessPolicies')
  const told = report
    .filter(({ message }) => message.startsWith('P: '))
    .map(
      ({ kind, path, message }) =>
        `${kind} ${path.replace('x.json: value/6/', '')}: ${message.slice(3)}`,
    )
  return { document, converted, told, report }
}
