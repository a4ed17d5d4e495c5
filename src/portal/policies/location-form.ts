import type { NamedLocation } from './policies.ts'

/** A named location as its form has it. */
export interface LocationForm {
  readonly kind: 'addresses' | 'countries'
  readonly displayName: string
  readonly ranges: readonly string[]
  readonly isTrusted: boolean
  readonly countries: readonly string[]
  readonly includeUnknown: boolean
}

/** The form of one that is there, or of a new one of a kind. */
export function locationFormOf(opened: NamedLocation | LocationForm['kind']): LocationForm {
  if (typeof opened === 'string') {
    return { kind: opened, displayName: '', ...nothing }
  }
  return {
    kind: opened.ipRanges ? 'addresses' : 'countries',
    displayName: opened.displayName,
    ranges: opened.ipRanges?.map(({ cidrAddress }) => cidrAddress) ?? [],
    isTrusted: opened.isTrusted ?? false,
    countries: opened.countriesAndRegions ?? [],
    includeUnknown: opened.includeUnknownCountriesAndRegions ?? false,
  }
}

const nothing = { ranges: [], isTrusted: false, countries: [], includeUnknown: false }

/** What the API takes. */
export function locationBody(form: LocationForm) {
  const { displayName, kind, ranges, isTrusted, countries, includeUnknown } = form
  if (kind === 'countries') {
    return {
      '@odata.type': '#microsoft.graph.countryNamedLocation',
      displayName,
      countriesAndRegions: countries,
      includeUnknownCountriesAndRegions: includeUnknown,
    }
  }
  return {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    displayName,
    isTrusted,
    ipRanges: ranges.map((cidrAddress) => ({
      '@odata.type': `#microsoft.graph.iP${cidrAddress.includes(':') ? 'v6' : 'v4'}CidrRange`,
      cidrAddress,
    })),
  }
}
