import { isIP } from 'node:net'
import { z } from 'zod'
import type { Drafted } from '../../base/check.ts'
import type {
  AddressLocation,
  CountryLocation,
  NamedLocation,
  NewNamedLocation,
} from '../../policy/access-policy.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { namedLocation } from '../resource/policies.ts'
import { issueAt, nameOf, type Reading, readBodyParts, readOnly, withMeaning } from './body.ts'

const ipType = '#microsoft.graph.ipNamedLocation'
const countryType = '#microsoft.graph.countryNamedLocation'

/** A named location in Graph's shape. */
export function toGraphLocation(location: NamedLocation) {
  const { id, displayName, createdAt, modifiedAt } = location
  const shared = {
    '@odata.type': location.kind === 'addresses' ? ipType : countryType,
    id,
    displayName,
    createdDateTime: new Date(createdAt).toISOString(),
    modifiedDateTime: new Date(modifiedAt ?? createdAt).toISOString(),
  }
  if (location.kind === 'addresses') {
    const { trusted, ranges } = location
    return { ...shared, isTrusted: trusted, ipRanges: ranges.map(toGraphRange) }
  }
  return {
    ...shared,
    countriesAndRegions: [...location.countries],
    countryLookupMethod: 'clientIpAddress',
    includeUnknownCountriesAndRegions: location.includeUnknown,
  }
}

function toGraphRange(cidrAddress: string) {
  const version = isIP(cidrAddress.split('/')[0] ?? '') === 6 ? 'v6' : 'v4'
  return { '@odata.type': `#microsoft.graph.iP${version}CidrRange`, cidrAddress }
}

export const locationCollection: Collection<NamedLocation> = {
  context: 'identity/conditionalAccess/namedLocations',
  properties: propertiesOf(namedLocation),
  fields: {
    id: (location) => location.id,
    displayName: (location) => location.displayName,
    isTrusted: (location) => location.kind === 'addresses' && location.trusted,
  },
  write: toGraphLocation,
}

const shared = {
  displayName: nameOf(256).optional(),
  ...{ id: readOnly, createdDateTime: readOnly, modifiedDateTime: readOnly },
  deletedDateTime: readOnly,
}

const ipBody = z.strictObject({
  ...shared,
  isTrusted: z.boolean().optional(),
  ipRanges: z.array(z.strictObject({ cidrAddress: z.string().max(64) })).optional(),
})

const maxCountries = 300

const countryBody = z.strictObject({
  ...shared,
  countriesAndRegions: z
    .array(
      z
        .string()
        .regex(/^[A-Za-z]{2}$/, 'must be a code of two letters (ISO 3166-1)')
        .transform((code) => code.toUpperCase()),
    )
    .max(maxCountries)
    .optional(),
  countryLookupMethod: z
    .literal('clientIpAddress', 'must be clientIpAddress: there is no app that tells where it is')
    .nullish(),
  includeUnknownCountriesAndRegions: z.boolean().optional(),
})

/** What POST and PATCH of a location take, by its `@odata.type`. */
export const locationBody = z.union([ipBody, countryBody])

/** What a body makes of a location, or of none yet. A location keeps its type for life. */
export function mergeLocation(
  body: unknown,
  current: NewNamedLocation | undefined,
): Drafted<NewNamedLocation> {
  const kind = kindOf(body, current)
  if (kind === undefined) {
    const message = `must be ${ipType} or ${countryType}`
    return { issues: [issueAt('@odata.type', 'unsupported-type', message)] }
  }
  if (current && current.kind !== kind) {
    const message = 'must stay what it is; make a new location instead'
    return { issues: [issueAt('@odata.type', 'type-changed', message)] }
  }
  const facts = kind === 'addresses' ? readRanges(body, current) : readCountries(body, current)
  const { value, issues } = facts
  if (!value) return { issues }
  const nameless = issueAt('displayName', 'required', 'is required')
  const all = withMeaning(issues, value.displayName === '' ? [nameless] : [])
  return all.length > 0 ? { issues: all, draft: value } : { value }
}

function kindOf(
  body: unknown,
  current: NewNamedLocation | undefined,
): NamedLocation['kind'] | undefined {
  const type = (body as { '@odata.type'?: unknown } | null)?.['@odata.type']
  if (type === undefined) return current?.kind
  const name = String(type).toLowerCase().replace(/^#/, '')
  if (name === ipType.toLowerCase().slice(1)) return 'addresses'
  return name === countryType.toLowerCase().slice(1) ? 'countries' : undefined
}

function readRanges(
  body: unknown,
  current: NewNamedLocation | undefined,
): Reading<{ readonly displayName: string } & AddressLocation> {
  const { value: sent, issues } = readBodyParts(ipBody, body)
  if (!sent) return { value: undefined, issues }
  const { displayName, isTrusted, ipRanges } = sent
  const before = current?.kind === 'addresses' ? current : undefined
  return {
    value: {
      kind: 'addresses',
      displayName: displayName ?? current?.displayName ?? '',
      ranges: ipRanges?.map((range) => range.cidrAddress) ?? before?.ranges ?? [],
      trusted: isTrusted ?? before?.trusted ?? false,
    },
    issues,
  }
}

function readCountries(
  body: unknown,
  current: NewNamedLocation | undefined,
): Reading<{ readonly displayName: string } & CountryLocation> {
  const { value: sent, issues } = readBodyParts(countryBody, body)
  if (!sent) return { value: undefined, issues }
  const before = current?.kind === 'countries' ? current : undefined
  return {
    value: {
      kind: 'countries',
      displayName: sent.displayName ?? current?.displayName ?? '',
      countries: sent.countriesAndRegions ?? before?.countries ?? [],
      includeUnknown: sent.includeUnknownCountriesAndRegions ?? before?.includeUnknown ?? false,
    },
    issues,
  }
}

/** Where in a body something stands that is wrong at this path of a location. */
export function locationTarget(path: string): string {
  return path
    .replace(/^\//, '')
    .replace(/^ranges\/(\d+)$/, 'ipRanges/$1/cidrAddress')
    .replace(/^ranges$/, 'ipRanges')
    .replace(/^countries$/, 'countriesAndRegions')
}
