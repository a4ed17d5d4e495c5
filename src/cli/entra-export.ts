import type { Resource } from './resource.ts'

/** The kinds of objects of Microsoft Graph that an application proxy is made of. */
export type EntraKind =
  | ('application' | 'servicePrincipal' | 'connectorGroup' | 'connector' | 'appRoleAssignment')
  | ('user' | 'group' | 'segment' | 'corsConfiguration' | 'certificate' | 'unknown')
  | ('accessPolicy' | 'namedLocation' | 'definedPolicy')

/** One object of an export, with where it stood. */
export interface EntraObject {
  readonly kind: EntraKind
  readonly value: Resource
  /** `apps.json: value/0`. */
  readonly source: string
  /** What the address of its page says it belongs to: kinds of collections with the ids in them. */
  readonly owners: ReadonlyMap<string, string>
}

/** An answer of Graph's that holds no objects but an error. */
export interface EntraProblem {
  readonly source: string
  readonly message: string
}

export interface EntraExport {
  readonly objects: readonly EntraObject[]
  readonly problems: readonly EntraProblem[]
}

/** Pages inside pages: batches of collections of lists; deeper is something else. */
const depthMax = 6

/** Every object in what Graph Explorer, `az rest` and Graph PowerShell write: pages, lists of pages, batches, single objects. */
export function readExport(file: string, value: unknown): EntraExport {
  const found: { objects: EntraObject[]; problems: EntraProblem[] } = { objects: [], problems: [] }
  collect(camelNames(value), { source: `${file}:`, context: '', depth: 0 }, found)
  return found
}

interface At {
  readonly source: string
  readonly context: string
  readonly depth: number
}

function collect(
  value: unknown,
  at: At,
  found: { readonly objects: EntraObject[]; readonly problems: EntraProblem[] },
): void {
  const inside = (name: string | number, context = at.context): At => ({
    source: at.source.endsWith(':') ? `${at.source} ${name}` : `${at.source}/${name}`,
    ...{ context, depth: at.depth + 1 },
  })
  if (at.depth > depthMax) return
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) collect(each, inside(index), found)
    return
  }
  if (!isRecord(value)) return
  const context = typeof value['@odata.context'] === 'string' ? value['@odata.context'] : at.context
  const { error, value: page, responses, body } = value
  if (isRecord(error) && error['code'] !== undefined) {
    found.problems.push({ source: at.source, message: `${error['code']}: ${error['message']}` })
  } else if (Array.isArray(page)) collect(page, inside('value', context), found)
  else if (Array.isArray(responses)) collect(responses, inside('responses'), found)
  else if (isRecord(body) && 'status' in value) collect(body, inside('body'), found)
  else found.objects.push({ ...classify(value, context), value, source: at.source })
}

export function isRecord(value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Deeper than any page inside pages with an object in it. */
const valueDepthMax = 64

/** PowerShell writes names with a capital, and what it does not know under AdditionalProperties. */
function camelNames(value: unknown, depth = 0): unknown {
  if (depth > valueDepthMax) return undefined
  if (Array.isArray(value)) return value.map((each) => camelNames(each, depth + 1))
  if (!isRecord(value)) return value
  const { AdditionalProperties: more, ...own } = value
  const all = { ...(isRecord(more) && more), ...own }
  return Object.fromEntries(
    Object.entries(all).map(([name, part]) => [
      /^[A-Z][a-z]/.test(name) ? `${name.charAt(0).toLowerCase()}${name.slice(1)}` : name,
      camelNames(part, depth + 1),
    ]),
  )
}

// Whoever stands first has the more telling properties.
const shapes: readonly (readonly [EntraKind, readonly string[]])[] = [
  ['appRoleAssignment', ['principalId', 'resourceId']],
  ['application', ['onPremisesPublishing']],
  ['connectorGroup', ['connectorGroupType']],
  ['connector', ['machineName', 'externalIp']],
  ['user', ['userPrincipalName']],
  ['servicePrincipal', ['servicePrincipalType']],
  ['servicePrincipal', ['appId', 'appRoleAssignmentRequired']],
  ['application', ['appId', 'signInAudience']],
  ['application', ['appId', 'identifierUris']],
  ['accessPolicy', ['conditions', 'state']],
  ['definedPolicy', ['definition']],
  ['namedLocation', ['ipRanges']],
  ['namedLocation', ['countriesAndRegions']],
  ['group', ['groupTypes']],
  ['group', ['securityEnabled']],
  ['corsConfiguration', ['resource', 'allowedOrigins']],
  ['segment', ['externalUrl', 'internalUrl']],
]

const kindOfCollection: Readonly<Record<string, EntraKind>> = {
  applications: 'application',
  serviceprincipals: 'servicePrincipal',
  connectorgroups: 'connectorGroup',
  connectorgroup: 'connectorGroup',
  connectors: 'connector',
  approleassignedto: 'appRoleAssignment',
  approleassignments: 'appRoleAssignment',
  users: 'user',
  groups: 'group',
  applicationsegments: 'segment',
  corsconfigurations: 'corsConfiguration',
  namedlocations: 'namedLocation',
  policies: 'accessPolicy',
  tokenlifetimepolicies: 'definedPolicy',
}

function classify(value: Resource, context: string) {
  const owners = ownersIn(context)
  const type = /#microsoft\.graph\.(\w+)$/.exec(String(value['@odata.type']))?.[1]
  const isPlain = type === 'application' || type === 'user' || type === 'group'
  const named = isPlain ? type : /NamedLocation$/.test(type ?? '') ? 'namedLocation' : undefined
  const shape = shapes.find(([, names]) => names.every((name) => name in value))?.[0]
  const kind = named ?? shape ?? kindOfCollection[lastCollection(context)] ?? 'unknown'
  return { kind, owners } as const
}

/** `…#applications('1')/onPremisesPublishing/…/applicationSegments('2')/corsConfigurations` → applications 1, applicationSegments 2. */
function ownersIn(context: string): ReadonlyMap<string, string> {
  const path = context.split('#', 2)[1] ?? ''
  const keys = path.matchAll(/(?:^|\/)([A-Za-z.]+)\('?((?<=')[^')]+|[0-9a-f-]{36})'?\)/gi)
  return new Map([...keys].map(([, name = '', id = '']) => [name.toLowerCase(), id]))
}

// What is selected stands behind it, in brackets without quotes.
function lastCollection(context: string): string {
  const path = (context.split('#', 2)[1] ?? '').replace(/\/\$entity$/, '').replace(/\([^'].*$/, '')
  return (path.split('/').at(-1) ?? '').replace(/\(.*$/, '').toLowerCase()
}
