import { isIP } from 'node:net'
import { Reader } from 'mmdb-lib'

/** ISO 3166-1 alpha-2 of the country of an address, upper case; undefined where nobody knows. */
export type CountryOf = (address: string) => string | undefined

/**
 * Opens a country database in MaxMind's format, as MaxMind, DB-IP and IPinfo give it out. Throws what the library throws
 * for anything else.
 */
export function openCountryDatabase(bytes: Buffer): CountryOf {
  const reader = new Reader<object>(bytes)
  const knowsIPv6 = reader.metadata.ipVersion === 6
  return (address) => {
    const bare = bareAddress(address)
    // In a tree of IPv4 an IPv6 address would be taken for the one that begins with the same bits.
    return knowsIPv6 || isIP(bare) === 4 ? countryIn(reader.get(bare)) : undefined
  }
}

// The library takes no zones, and knows IPv4 as IPv4.
function bareAddress(address: string): string {
  const bare = address.split('%', 1)[0] as string
  return bare.toLowerCase().startsWith('::ffff:') && bare.includes('.') ? bare.slice(7) : bare
}

interface CountryRecord {
  /** MaxMind and DB-IP write an object, IPinfo a text. */
  readonly country?: { readonly iso_code?: unknown } | string
  readonly country_code?: unknown
}

// Data of others: look, do not trust.
function countryIn(record: CountryRecord | null): string | undefined {
  const { country, country_code: code } = record ?? {}
  const found = code ?? (typeof country === 'object' ? country.iso_code : country)
  return typeof found === 'string' && /^[A-Za-z]{2}$/.test(found) ? found.toUpperCase() : undefined
}
