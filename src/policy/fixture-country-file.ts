import { type AddressRange, parseRange } from './address.ts'

/** A leaf (`AT`) or the two ways on from a node. */
type Tree = string | undefined | [Tree, Tree]

const ipv4Bits = 96
const recordBytes = 3
const separator = Buffer.alloc(16)
const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1')

/**
 * A country database in MaxMind's format 2.0 (maxmind.github.io/MaxMind-DB) that knows these CIDRs, the wider before the
 * narrower; for tests. `write`: what is kept about a country, as MaxMind writes it if unsaid.
 */
export function writeCountryFile(
  countries: Readonly<Record<string, string>>,
  write: (country: string) => Value = (iso_code) => ({ country: { iso_code } }),
): Buffer {
  let tree: Tree
  for (const [cidr, country] of Object.entries(countries)) {
    tree = insert(tree, bitsOf(cidr), country)
  }
  const nodes: [Tree, Tree][] = []
  collect(tree, nodes)
  const known = [...new Set(Object.values(countries))]
  const written = known.map((country) => encode(write(country)))
  const recordOf = (branch: Tree): number => {
    if (branch === undefined) return nodes.length
    if (typeof branch !== 'string') return nodes.indexOf(branch)
    const before = written.slice(0, known.indexOf(branch))
    return nodes.length + separator.length + Buffer.concat(before).length
  }
  const records = nodes.flat().map((branch) => {
    const record = Buffer.alloc(recordBytes)
    record.writeUIntBE(recordOf(branch as Tree), 0, recordBytes)
    return record
  })
  const metadata = encode({
    node_count: new Unsigned(nodes.length, 6),
    record_size: new Unsigned(recordBytes * 8, 5),
    ip_version: new Unsigned(6, 5),
    database_type: 'Test-Country',
    languages: [],
    binary_format_major_version: new Unsigned(2, 5),
    binary_format_minor_version: new Unsigned(0, 5),
    build_epoch: new Unsigned(1_767_225_600, 9),
    description: {},
  })
  return Buffer.concat([...records, separator, ...written, marker, metadata])
}

/** The way to a CIDR; IPv4 stands at `::/96` in these files. */
function bitsOf(cidr: string): string {
  const { first, bits } = parseRange(cidr) as AddressRange & { bits: number } // tests write CIDRs
  const isIPv4 = !cidr.includes(':')
  const all = BigInt.asUintN(128, isIPv4 ? BigInt.asUintN(32, first) : first).toString(2)
  return all.padStart(128, '0').slice(0, isIPv4 ? ipv4Bits + bits : bits)
}

function insert(tree: Tree, bits: string, country: string): Tree {
  if (bits === '') return country
  const [zero, one]: [Tree, Tree] = Array.isArray(tree) ? tree : [tree, tree]
  const rest = bits.slice(1)
  return bits[0] === '0' ? [insert(zero, rest, country), one] : [zero, insert(one, rest, country)]
}

function collect(tree: Tree, nodes: [Tree, Tree][]): void {
  if (!Array.isArray(tree)) return
  nodes.push(tree)
  for (const branch of tree) collect(branch, nodes)
}

class Unsigned {
  readonly value: number
  readonly type: number

  constructor(value: number, type: number) {
    this.value = value
    this.type = type
  }
}

type Value = string | Unsigned | readonly Value[] | { readonly [name: string]: Value }

const extended = 7

function encode(value: Value): Buffer {
  if (typeof value === 'string') return tagged(2, value.length, Buffer.from(value))
  if (value instanceof Unsigned) {
    const bytes = Buffer.from(
      value.value
        .toString(16)
        .padStart(8, '0')
        .replace(/^(00)+/, ''),
      'hex',
    )
    return tagged(value.type, bytes.length, bytes)
  }
  if (Array.isArray(value)) return tagged(11, value.length, ...value.map(encode))
  const members = Object.entries(value).flatMap(([name, part]) => [encode(name), encode(part)])
  return tagged(7, members.length / 2, ...members)
}

function tagged(type: number, size: number, ...parts: readonly Buffer[]): Buffer {
  const tag = type > extended ? [size, type - extended] : [(type << 5) | size]
  return Buffer.concat([Buffer.from(tag), ...parts])
}
