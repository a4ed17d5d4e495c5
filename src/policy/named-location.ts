import type { NamedLocation } from './access-policy.ts'
import {
  type Address,
  type AddressRange,
  compileRanges,
  liesWithin,
  parseRange,
} from './address.ts'

/** Where a request comes from, as far as that is known. */
export interface Place {
  readonly address: Address | undefined
  /** ISO 3166-1 alpha-2, upper case; undefined: of no known country. */
  readonly country: string | undefined
}

/** Several named locations as one that can be looked up. */
export interface CompiledPlaces {
  readonly everywhere: boolean
  /** Of each location. */
  readonly ranges: readonly (readonly AddressRange[])[]
  readonly countries: ReadonlySet<string>
  readonly unknownCountry: boolean
}

/** Compiles these locations; `everywhere` stands for all places, named or not. */
export function compilePlaces(
  locations: readonly NamedLocation[],
  everywhere = false,
): CompiledPlaces {
  const byCountry = locations.filter((each) => each.kind === 'countries')
  return {
    everywhere,
    ranges: locations.map(rangesOf).filter(({ length }) => length > 0),
    countries: new Set(byCountry.flatMap(({ countries }) => countries)),
    unknownCountry: byCountry.some(({ includeUnknown }) => includeUnknown),
  }
}

// Thousands of ranges in some hundred policies, at every change of the directory: each location is compiled once.
const compiled = new WeakMap<NamedLocation, readonly AddressRange[]>()

function rangesOf(location: NamedLocation): readonly AddressRange[] {
  const known = compiled.get(location)
  if (known) return known
  const written = location.kind === 'addresses' ? location.ranges : []
  // They were checked when they were saved; one that does not parse lies nowhere.
  const ranges = compileRanges(written.flatMap((range) => parseRange(range) ?? []))
  compiled.set(location, ranges)
  return ranges
}

/** Whether a request from there comes from one of these places. */
export function coversPlace(places: CompiledPlaces, { address, country }: Place): boolean {
  if (places.everywhere) return true
  const { ranges } = places
  if (address !== undefined && ranges.some((each) => liesWithin(each, address))) return true
  return country === undefined ? places.unknownCountry : places.countries.has(country)
}

/** Whether the country of an address has to be looked up for them. */
export function asksForCountry({ everywhere, countries, unknownCountry }: CompiledPlaces): boolean {
  return !everywhere && (countries.size > 0 || unknownCountry)
}
