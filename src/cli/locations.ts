import { yesNo } from './app-facts.ts'
import { command } from './command.ts'
import { usageFailure } from './failure.ts'
import { type Kind, nameOf, pathOf, resolve } from './kind.ts'
import { flag, need, option, setting, several } from './parameter.ts'
import { listAt, type Resource, textAt, valueAt, wordsAt } from './resource.ts'
import { deleteCommand, listCommand, showCommand } from './resource-commands.ts'
import type { Column } from './table.ts'

const locationKind: Kind = {
  noun: 'named location',
  path: '/identity/conditionalAccess/namedLocations',
  nameProperty: 'displayName',
  listCommand: 'locations list',
}

function rangesOf(location: Resource): string {
  const ranges = listAt(location, 'ipRanges').map((range) => textAt(range, 'cidrAddress'))
  return [...ranges, ...wordsAt(location, 'countriesAndRegions')].join(', ')
}

const columns: readonly Column<Resource>[] = [
  { title: 'NAME', value: (location) => textAt(location, 'displayName') },
  { title: 'WHERE', value: rangesOf },
  { title: 'TRUSTED', value: (location) => yesNo(valueAt(location, 'isTrusted')) },
  { title: 'ID', value: (location) => textAt(location, 'id'), whole: true, spare: true },
]

const facts = {
  kind: locationKind,
  noun: 'locations',
  plural: 'places that policies know by name',
  columns,
  facts: (location: Resource) =>
    [
      ['Name', textAt(location, 'displayName'), 'bold'],
      ['Where', rangesOf(location)],
      ['Trusted', yesNo(valueAt(location, 'isTrusted'))],
      ['Unknown countries', yesNo(valueAt(location, 'includeUnknownCountriesAndRegions'))],
      ['Id', textAt(location, 'id')],
    ] as const,
  example: 'Office',
  lost: '',
}

const places = {
  range: several('cidr', 'addresses: 203.0.113.0/24; several with commas'),
  country: several('code', 'two letters each; needs an edge with --countries'),
}

function readPlaces(ranges: readonly string[], countries: readonly string[]): Resource {
  const version = (range: string): string => (range.includes(':') ? 'v6' : 'v4')
  return {
    ...(ranges.length > 0 && {
      ipRanges: ranges.map((range) => ({
        '@odata.type': `#microsoft.graph.iP${version(range)}CidrRange`,
        cidrAddress: range,
      })),
    }),
    ...(countries.length > 0 && { countriesAndRegions: countries }),
  }
}

const create = command({
  name: 'create',
  summary: 'give addresses or countries a name, for policies',
  kind: 'write',
  examples: [
    'locations create --name Office --range 203.0.113.0/24,2001:db8::/48 --trusted',
    'locations create --name "Where we work" --country DE,FR --unknown-countries',
  ],
  options: {
    name: need('name', 'how it is called'),
    ...places,
    trusted: flag('it counts among AllTrusted'),
    unknownCountries: flag('addresses of no known country count, too'),
  },
  async run({ api, out }, { name, range, country, trusted, unknownCountries }) {
    if (range.length > 0 === country.length > 0) {
      throw usageFailure('Say either --range or --country.', 'sallyport locations create --help')
    }
    const kind = range.length > 0 ? 'ipNamedLocation' : 'countryNamedLocation'
    const body = {
      '@odata.type': `#microsoft.graph.${kind}`,
      displayName: name,
      ...readPlaces(range, country),
      ...(range.length > 0 && { isTrusted: trusted }),
      ...(country.length > 0 && { includeUnknownCountriesAndRegions: unknownCountries }),
    }
    const made = (await api.change('POST', locationKind.path, body)) ?? body
    out.done(`The place ${name} is there.`, made)
  },
})

const update = command({
  name: 'update',
  summary: 'change a named location; --range and --country are the whole new list',
  kind: 'write',
  examples: ['locations update Office --range 203.0.113.0/24 --trusted on'],
  takes: { location: need('location', 'name or id', { namesOf: 'locations' }) },
  options: {
    name: option('name', 'how it is called'),
    ...places,
    trusted: setting('it counts among AllTrusted'),
    unknownCountries: setting('addresses of no known country count, too'),
  },
  async run({ api, out }, { location: word, name, range, country, trusted, unknownCountries }) {
    const location = await resolve(api, locationKind, word)
    const body = {
      ...(name !== undefined && { displayName: name }),
      ...readPlaces(range, country),
      ...(trusted !== undefined && { isTrusted: trusted }),
      ...(unknownCountries !== undefined && {
        includeUnknownCountriesAndRegions: unknownCountries,
      }),
    }
    if (Object.keys(body).length === 0) {
      throw usageFailure('Say what is to change.', 'sallyport locations update --help')
    }
    // The API wants to be told again which of the two kinds it is.
    const type = { '@odata.type': textAt(location, '@odata.type') }
    await api.change('PATCH', pathOf(locationKind, location), { ...type, ...body })
    if (api.isDryRun) return
    const now = await api.get(pathOf(locationKind, location))
    out.done(`The place ${nameOf(locationKind, now)} is changed.`, now)
  },
})

export const locations = [
  ...[listCommand(facts), showCommand(facts), create, update, deleteCommand(facts)],
]
