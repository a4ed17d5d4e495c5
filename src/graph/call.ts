import type { Issue, Parsed } from '../base/check.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ServerCertificate } from '../certificates/certificate.ts'
import type { Change } from '../directory/change.ts'
import type { Directory } from '../directory/directory.ts'
import type { ProbeSender } from '../doctor/exchanges.ts'
import type { ClientKey, IdentityProvider } from '../identity/relying-party/identity-provider.ts'
import type { CountryOf } from '../policy/country-database.ts'
import type { ServedPorts } from '../publishing/port-warnings.ts'
import { type Collection, pageOf, pick, writeItem, writePage } from './collection.ts'
import { badExpand, type Expand, type Expansions, expandItems, namesOf } from './expand.ts'
import { readJson } from './json.ts'
import type { ApiVersion } from './path.ts'
import { type Area, mayUse, openersOf } from './permissions.ts'
import { type Query, readSelect } from './query.ts'
import { invalid, lacking, notFound } from './refusal.ts'
import type { RequestDesk } from './request-desk.ts'
import type { EdgeFacts } from './resource/edge.ts'
import type { Throttle } from './throttle.ts'
import type { Workshop } from './workshop.ts'

/** Who a bearer token speaks for, with Graph's permission names. [G3] */
export interface Caller {
  /** The author of their changes; of a person the userPrincipalName. */
  readonly name: string
  /** The person in whose name it is; undefined for programs and for tokens of the edge itself. */
  readonly personId?: string | undefined
  readonly roles: readonly string[]
  /** Whose applications they may look after as an owner: theirs, or those of the program; undefined where owning counts for nothing. */
  readonly ownerId?: string | undefined
}

/** What the API stands on. */
export interface GraphOptions {
  readonly directory: Directory
  /** Who the bearer token speaks for; undefined when it is none of ours, or no longer good. */
  readonly authorize: (bearer: string, request: Request) => Promise<Caller | undefined>
  /** Whether a connector has a live tunnel. */
  readonly connectorStatus: (connectorId: string) => 'active' | 'inactive'
  /** What a connector said about the origins of its group; empty when it is not connected. */
  readonly connectorHealth: (connectorId: string) => readonly OriginHealth[]
  /** Where connectors dial: `host:port`, and the SHA-256 fingerprint of the certificate authority there. */
  readonly edgeAddress: { readonly host: string; readonly caFingerprint: string }
  /** What the edge tells of itself. */
  readonly edge: EdgeFacts
  /** Packs what a new connector needs into the one-line token. */
  readonly enrolmentToken: (parts: EnrolmentParts) => string
  /** The private key of a certificate as the directory may keep it. */
  readonly sealKey: (certificate: ServerCertificate) => string
  readonly providers: ProviderDesk
  /** The ports of the edge, for what is published on another one. */
  readonly servedPorts: ServedPorts
  readonly requests: RequestDesk
  /** Sends what the doctor wants to see for itself. */
  readonly probe: ProbeSender
  /** Of an IP address, where a country database is at hand. */
  readonly countryOf: CountryOf
  /** Where the edge itself answers. */
  readonly ownOrigins: ReadonlySet<string>
  /** The hash under which a temporary pass is kept. */
  readonly hashTemporaryPass: (code: string) => string
  /** What each caller may ask for, over all hosts at which the API is served. */
  readonly throttle: Throttle
  /** Where routes are answered that take long; here, where there is none. */
  readonly workshop?: Workshop
  readonly clock: Clock
  readonly log: Log
  /** Where this API is reached, without version: every link in an answer starts with it. */
  readonly baseUrl: string
  /** The login host, which has the pages about codes. */
  readonly loginOrigin?: string
}

/** Whether a connector reaches an origin: `ok`, or why not. */
export interface OriginHealth {
  readonly origin: string
  readonly code: string
  readonly tookMs: number
}

/** What the API needs of the edge about external identity providers. */
export interface ProviderDesk {
  /** A client secret as the directory may keep it. */
  sealSecret(providerId: string, secret: string): string
  /** A new key pair, for a client that proves itself by signing. */
  createKey(providerId: string): Promise<ClientKey>
  /** What has to be registered at the provider. */
  redirectUri(providerId: string): string
  /** Where the provider finds the public keys of the edge as its client. */
  keysUrl(providerId: string): string
  /** Asks the provider about itself; why that went wrong, or undefined when all is well. Never throws. */
  probe(provider: IdentityProvider): Promise<string | undefined>
}

export interface EnrolmentParts {
  readonly edge: string
  readonly ca: string
  readonly secret: string
}

/** One authorised request to one route. */
export interface Call extends GraphOptions {
  readonly request: Request
  readonly version: ApiVersion
  /** Keys of the path by name, lower-case. */
  readonly keys: Readonly<Record<string, string>>
  readonly query: Query
  /** `…/$count` was asked for: how many there are, and nothing of them. */
  readonly isCount: boolean
  readonly change: Change
  readonly caller: Caller
  /** The caller may give anybody any right, and so may become any client. */
  readonly mayGrant: boolean
  /** They are here because they own what the path names, and may no more than owners may (ownership.ts). */
  readonly isOwner: boolean
  /** Another request of the same caller, as if it had come by itself. */
  readonly dispatch: (request: Request) => Promise<Response>
  /** Asks anew whether the caller may have what is asked for: for answers that last. Never rejects. */
  readonly stillAllowed: () => Promise<boolean>
  /** `…/beta/$metadata`. */
  readonly metadataUrl: string
}

export interface Reply {
  readonly status: number
  readonly body?: object | undefined
  /** Instead of a body in JSON. */
  readonly text?: string
  /** In place of `body`: the same as it is sent. */
  readonly json?: Uint8Array<ArrayBuffer>
  /** In place of `body`: what comes piece by piece; `headers` say what it is. */
  readonly stream?: ReadableStream<Uint8Array>
  readonly headers?: Readonly<Record<string, string>>
}

export type Handler = (call: Call) => Promise<Reply>

export const noContent: Reply = { status: 204 }

/** A key of the path; the route has it, or the route is wrong. */
export function key(call: Call, name: string): string {
  const value = call.keys[name]
  if (value === undefined) throw new Error(`the route has no key ${name}`)
  return value
}

/** Where the request went, as clients know this API, which may stand below a path. */
export function selfUrl({ request, baseUrl }: Call): URL {
  return new URL(baseUrl.replace(/\/$/, '') + new URL(request.url).pathname)
}

/** Where a resource is, for a link in an answer. */
export function linkOf({ baseUrl, version }: Call, path: string): string {
  return `${baseUrl.replace(/\/$/, '')}/${version}/${path}`
}

/** 200 with one page of a collection; `expansions` are the navigation properties that `$expand` may name. */
export async function replyPage<Item>(
  call: Call,
  collection: Collection<Item>,
  items: readonly Item[],
  expansions: Expansions<Item> = {},
): Promise<Reply> {
  const { query, metadataUrl } = call
  const self = selfUrl(call)
  const expanded = namesOf(query.expand, expansions)
  const page = pageOf(collection, items, { query, self })
  const more = await expandItems(query.expand, expansions, page.items)
  const frame = { query, self, metadataUrl, expanded }
  return { status: 200, body: writePage(collection, page, frame, more) }
}

/** One resource; 404 when there is none. */
export async function replyItem<Item>(
  call: Call,
  collection: Collection<Item>,
  item: Item | undefined,
  status: 200 | 201 = 200,
  expansions: Expansions<Item> = {},
): Promise<Reply> {
  if (item === undefined) throw notFound(Object.values(call.keys).at(-1) ?? '')
  const { query, metadataUrl } = call
  const expanded = namesOf(query.expand, expansions)
  const [more] = await expandItems(query.expand, expansions, [item])
  return { status, body: writeItem(collection, item, { query, metadataUrl, expanded }, more) }
}

/** The same of what needs a permission of its own: 403 where the caller has none of those that open the area. */
export function permitted<Item>(call: Call, area: Area, expand: Expand<Item>): Expand<Item> {
  return async (item, select) => {
    // An owner reads what hangs on the one application that is theirs.
    const may = call.isOwner || mayUse(call.caller.roles, area, 'read')
    if (!may) throw lacking(openersOf(area, 'read'))
    return expand(item, select)
  }
}

/**
 * 200 with what stands within a resource, such as its settings; `context` is where, after `$metadata#`. `within` is what
 * `$expand` may name, because it is there anyway.
 */
export function replyPart(
  call: Call,
  context: string,
  part: Record<string, unknown>,
  within: readonly string[],
): Reply {
  const names = readSelect(call.query.select, Object.keys(part))
  for (const name of call.query.expand?.split(',') ?? []) {
    if (!within.some((each) => each.toLowerCase() === name.trim().toLowerCase()))
      throw badExpand(name)
  }
  const said = { '@odata.context': `${call.metadataUrl}#${context}` }
  return { status: 200, body: { ...said, ...(names ? pick(part, names) : part) } }
}

/** The body, parsed by `parse`; throws a Refusal that names every issue. */
export async function readBody<Value>(
  call: Call,
  parse: (body: unknown) => Parsed<Value>,
): Promise<Value> {
  return accept(parse(await readJson(call.request)))
}

/** The value, or a Refusal that names every issue; `target` turns our paths into the caller's. */
export function accept<Value>(
  parsed: Parsed<Value>,
  target: (path: string) => string = (path) => path.replace(/^\//, ''),
): Value {
  if (!('issues' in parsed)) return parsed.value
  throw invalid(parsed.issues.map((issue): Issue => ({ ...issue, path: target(issue.path) })))
}
