/** What became of something in an export. */
export interface ReportEntry {
  /** `changed`: otherwise than there; `left`: not taken over; `open`: somebody has to decide before it can be applied. */
  readonly kind: 'changed' | 'left' | 'open'
  /** `apps.json: value/0/onPremisesPublishing/externalUrl`. */
  readonly path: string
  readonly message: string
  readonly fix?: string
}

export type Report = (entry: ReportEntry) => void

/** Whose names do not come along, by their ends. */
const foreignDomains = ['msappproxy.net', 'msappproxy.us', 'msappproxy.cn']

/** From one end of a host name to another, as `--domain-map` has it. */
export type DomainMap = ReadonlyMap<string, string>

/** A URL under the names that it has from now on. Entra's own names have to be mapped: they lead to Entra. */
export function mapUrl(url: string, map: DomainMap, path: string, report: Report): string {
  const [, scheme = '', host = '', rest = ''] = /^([a-z]+:\/\/)([^/:?#]+)(.*)$/i.exec(url) ?? []
  const name = host.toLowerCase()
  if (name === '') return url
  const from = [...map.keys()]
    .filter((end) => name === end || name.endsWith(`.${end}`))
    .toSorted((one, other) => other.length - one.length)[0]
  if (from !== undefined) {
    const mapped = `${scheme}${name.slice(0, name.length - from.length)}${map.get(from)}${rest}`
    report({ kind: 'changed', path, message: `${url} becomes ${mapped}` })
    return mapped
  }
  const foreign = foreignDomains.find((end) => name.endsWith(`.${end}`))
  if (foreign !== undefined) {
    const message = `${name} is a name of Entra's and leads there`
    report({ kind: 'open', path, message, fix: `--domain-map ${foreign}=apps.example.com` })
  }
  return url
}
