import type { EntraObject } from './entra-export.ts'
import type { Report } from './entra-report.ts'
import { listAt, type Resource, textAt, wordsAt } from './resource.ts'

/** Named locations as a configuration document has them, with the ids that policies call them by. */
export interface Locations {
  readonly list: readonly Resource[]
  readonly nameOf: ReadonlyMap<string, string>
  /** Whether all trusted ones are in the list, and there are any. */
  readonly hasAllTrusted: boolean
}

/** Converts what the edge can decide by: ranges of addresses, and countries of addresses. */
export function convertLocations(objects: readonly EntraObject[], report: Report): Locations {
  const nameOf = new Map<string, string>()
  // What policies say in the place of a name.
  const taken = new Set(['all', 'none', 'alltrusted'])
  let trusted = 0
  let lostTrusted = 0
  const unique = new Map(objects.map((each) => [textAt(each.value, 'id') || each.source, each]))
  const list = [...unique.values()].flatMap(({ value, source }) => {
    const isTrusted = value['isTrusted'] === true
    const facts = readRanges(value) ?? readCountries(value)
    const name = textAt(value, 'displayName') || textAt(value, 'id')
    if (typeof facts === 'string' || facts === undefined) {
      if (isTrusted) lostTrusted++
      const message = `${name}: ${facts ?? 'this kind of location has no counterpart'}`
      report({ kind: 'left', path: source, message })
      return []
    }
    if (isTrusted) trusted++
    const displayName = uniqueName(name, taken)
    if (displayName !== name) {
      const message = `${name} becomes ${displayName}: the name is taken`
      report({ kind: 'changed', path: `${source}/displayName`, message })
    }
    nameOf.set(textAt(value, 'id'), displayName)
    return [{ displayName, ...facts }]
  })
  return { list, nameOf, hasAllTrusted: trusted > 0 && lostTrusted === 0 }
}

/** The name, or one with a number behind it; it is taken from then on. */
export function uniqueName(name: string, taken: Set<string>): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name} (${number})`
    if (taken.has(candidate.toLowerCase())) continue
    taken.add(candidate.toLowerCase())
    return candidate
  }
}

/** Undefined where it is another kind; a sentence where it cannot be taken. */
function readRanges(from: Resource): Resource | string | undefined {
  if (!Array.isArray(from['ipRanges'])) return undefined
  const ranges = listAt(from, 'ipRanges').map((range) => textAt(range, 'cidrAddress'))
  if (ranges.length === 0 || ranges.includes('')) {
    return 'its ranges are not written with a slash, as 203.0.113.0/24'
  }
  return {
    '@odata.type': '#microsoft.graph.ipNamedLocation',
    isTrusted: from['isTrusted'] === true,
    ipRanges: ranges.map((cidrAddress) => ({
      '@odata.type': `#microsoft.graph.iPv${cidrAddress.includes(':') ? 6 : 4}CidrRange`,
      cidrAddress,
    })),
  }
}

function readCountries(from: Resource): Resource | string | undefined {
  if (!Array.isArray(from['countriesAndRegions'])) return undefined
  if (/gps/i.test(textAt(from, 'countryLookupMethod'))) {
    return 'where a telephone says it is, is not known here'
  }
  return {
    '@odata.type': '#microsoft.graph.countryNamedLocation',
    countriesAndRegions: wordsAt(from, 'countriesAndRegions'),
    includeUnknownCountriesAndRegions: from['includeUnknownCountriesAndRegions'] === true,
  }
}
