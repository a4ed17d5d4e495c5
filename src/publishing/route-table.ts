import { isHostLabel } from '../http/label.ts'
import { type Origin, originOf, serializeOrigin } from '../http/origin.ts'
import type { Application } from './application.ts'
import { isBuiltIn } from './built-in.ts'
import { loosenSegment } from './loose-segment.ts'
import { compileApplication, type Route, type RoutedApplication } from './route.ts'

export type { Route, RoutedApplication } from './route.ts'

/** All published URLs, compiled for look-up from outside. For this file's functions and translate.ts only. */
export interface RouteTable {
  /** Sites by host. */
  readonly exact: ReadonlyMap<string, readonly Site[]>
  /** Sites with a star, by the host behind it. */
  readonly starred: ReadonlyMap<string, readonly Site[]>
  /** Routes by internal host; those with a star by the host behind it. */
  readonly byInternalHost: ReadonlyMap<string, readonly Route[]>
  /** Hosts that no star covers, on whatever port. */
  readonly reservedHosts: ReadonlySet<string>
  readonly applications: ReadonlyMap<string, RoutedApplication>
  /** What CORS rules allow by name, `namedOriginsMax` at most. */
  readonly allowedOrigins: ReadonlySet<string>
}

/** What is published on one external origin, or below one star. */
interface Site {
  readonly scheme: 'http' | 'https'
  readonly port: number
  /** Routes of regular applications; on a starred site of plain wildcard and complex ones. */
  first: PathNode | undefined
  /** Routes of segments. A regular application wins where both match. [P7] */
  second: PathNode | undefined
  /** The applications here that people sign in to. */
  readonly guarded: RoutedApplication[]
}

/** A tree over path segments. */
interface PathNode {
  /** Made beforehand, so that the look-up allocates nothing and goes no further than this tree. */
  found: Found | NotFound | undefined
  children: Map<string, PathNode> | undefined
  /** The children as lenient servers read them; made when first needed. */
  loose: Map<string, PathNode[]> | undefined
}

export interface Found {
  readonly found: true
  readonly route: Route
  /** The label that stood for the star. */
  readonly star: string | undefined
}

export type NotFound = {
  readonly found: false
  readonly because:
    | 'unknown-host'
    | 'unknown-path'
    | 'segment-not-listed'
    | 'no-segments'
    | 'ambiguous-path'
}

export type Resolution = Found | NotFound

interface Compiled {
  readonly routes: readonly Route[]
  readonly allowedOrigins: readonly string[]
}

// The directory keeps the object of an application that did not change, so a change costs only what it touches.
const compiled = new WeakMap<Application, Compiled>()
// Metrics alone ask for them, and tell far fewer apart.
const namedOriginsMax = 10_000

const noHosts: ReadonlySet<string> = new Set()

/**
 * Compiles what is published. Applications are taken as validated; of two with the same URL the first wins. Reserved hosts
 * have the edge's own applications alone, on whatever port and path: to browsers whoever answers there is the edge itself.
 */
export function compileRoutes(
  applications: readonly Application[],
  reservedHosts: ReadonlySet<string> = noHosts,
): RouteTable {
  const exact = new Map<string, Site[]>()
  const starred = new Map<string, Site[]>()
  const byInternalHost = new Map<string, Route[]>()
  const byId = new Map<string, RoutedApplication>()
  const allowed = new Set<string>()
  for (const application of applications) {
    const known = prepareRoutes(application)
    for (const origin of known.allowedOrigins) {
      if (allowed.size < namedOriginsMax) allowed.add(origin)
    }
    for (const route of known.routes) {
      byId.set(application.id, route.application)
      if (isUsurper(route, application, reservedHosts)) continue
      addRoute(route.external.starred ? starred : exact, route)
      if (leadsSomewhere(route)) listIn(byInternalHost, route.internal.host, route)
    }
  }
  const applied = { applications: byId, allowedOrigins: allowed }
  return { exact, starred, byInternalHost, reservedHosts, ...applied }
}

/** The larger part of `compileRoutes`, for one application: with ten thousand of them there is time for others in between. */
export function prepareRoutes(application: Application): Compiled {
  const known = compiled.get(application) ?? compile(application)
  compiled.set(application, known)
  return known
}

/** Published before the edge had this host, which its domain has given it since. */
function isUsurper({ external }: Route, application: Application, reserved: ReadonlySet<string>) {
  return !external.starred && reserved.has(external.host) && !isBuiltIn(application)
}

function compile(application: Application): Compiled {
  const { corsRules = [], segments = [] } = application.publishing ?? {}
  const rules = [...corsRules, ...segments.flatMap((segment) => segment.corsRules)]
  const written = new Set(rules.flatMap(({ allowedOrigins }) => allowedOrigins))
  const allowedOrigins = [...written].filter((origin) => !origin.includes('*'))
  return { routes: compileApplication(application), allowedOrigins }
}

// The star of a complex application only says that a host is not listed. [P5]
function leadsSomewhere(route: Route): boolean {
  return route.kind !== 'complex' || route.segmentId !== undefined
}

function listIn<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

function addRoute(sites: Map<string, Site[]>, route: Route): void {
  const { application } = route
  const site = siteFor(sites, route)
  if (
    application.preAuthentication &&
    leadsSomewhere(route) &&
    site.guarded.at(-1) !== application
  ) {
    site.guarded.push(application)
  }
  let node = rootFor(site, route)
  for (const segment of route.external.pathPrefix.split('/')) {
    if (segment === '') continue
    node.children ??= new Map()
    let child = node.children.get(segment)
    if (!child) {
      child = emptyNode()
      node.children.set(segment, child)
    }
    node = child
  }
  node.found ??= outcomeOf(route)
}

// The star of a complex application: a host below it that has no segment of its own is not listed. [P5]
function outcomeOf(route: Route): Found | NotFound {
  if (leadsSomewhere(route)) return { found: true, route, star: undefined }
  return route.application.origins.length > 0 ? notListed : noSegments
}

function siteFor(sites: Map<string, Site[]>, route: Route): Site {
  const { host, scheme, port } = route.external
  const known = siteAt(sites, scheme, host, port)
  if (known) return known
  const site: Site = {
    scheme,
    port,
    first: undefined,
    second: undefined,
    guarded: [],
  }
  listIn(sites, host, site)
  return site
}

function rootFor(site: Site, route: Route): PathNode {
  const name = route.segmentId === undefined ? 'first' : 'second'
  site[name] ??= emptyNode()
  return site[name]
}

function emptyNode(): PathNode {
  return { found: undefined, children: undefined, loose: undefined }
}

function siteAt<S extends Pick<Site, 'scheme' | 'port'>>(
  sites: ReadonlyMap<string, readonly S[]>,
  scheme: string,
  host: string,
  port: number,
): S | undefined {
  const candidates = sites.get(host)
  if (!candidates) return undefined
  for (const site of candidates) {
    if (site.port === port && site.scheme === scheme) return site
  }
  return undefined
}

const unknownHost: NotFound = { found: false, because: 'unknown-host' }
const unknownPath: NotFound = { found: false, because: 'unknown-path' }
const notListed: NotFound = { found: false, because: 'segment-not-listed' }
const ambiguous: NotFound = { found: false, because: 'ambiguous-path' }
const noSegments: NotFound = { found: false, because: 'no-segments' }

/**
 * Which route serves a request: a regular application, else a segment, else a wildcard; of each the longest path, in
 * whole path segments. `host` is lower-case, `path` canonical and without query. [P1] [P2] [P4] [P5] [P7]
 */
export function resolve(
  table: RouteTable,
  scheme: 'http' | 'https',
  host: string,
  port: number,
  path: string,
): Resolution {
  const site = siteAt(table.exact, scheme, host, port)
  const first = lookUp(site?.first, path)
  const own = first && first !== onlyLoosely ? first : lookUp(site?.second, path)
  const doubtful = first === onlyLoosely || own === onlyLoosely
  if (own && own !== onlyLoosely) return doubtful ? ambiguous : own
  const dot = host.indexOf('.')
  const wildcard = dot > 0 ? siteAt(table.starred, scheme, host.slice(dot + 1), port) : undefined
  if (!wildcard || table.reservedHosts.has(host)) return site ? unknownPath : unknownHost
  // One label exactly, and one that can be put into an internal host name.
  const star = host.slice(0, dot)
  if (!isHostLabel(star)) return unknownHost
  const found = lookUp(wildcard.first, path)
  if (!found || found === onlyLoosely) return unknownPath
  // The host is there, so that it is the path that is not.
  if (!found.found) return site && found !== ambiguous ? unknownPath : found
  return doubtful ? ambiguous : { found: true, route: found.route, star }
}

/** Nothing is published there, but a lenient server could see something that is. */
const onlyLoosely = Symbol('only loosely')

/** The deepest node on the way of `path` that has a route, unless a lenient server could see it go on to another one. [F8] */
function lookUp(
  root: PathNode | undefined,
  path: string,
): Resolution | typeof onlyLoosely | undefined {
  if (!root) return undefined
  let node = root
  let { found } = root
  let start = 1
  while (node.children) {
    const slash = path.indexOf('/', start)
    const child = node.children.get(path.slice(start, slash < 0 ? undefined : slash))
    if (!child) {
      if (!leadsToGuarded(node, path, start)) return found
      return found ? ambiguous : onlyLoosely
    }
    node = child
    if (node.found) found = node.found
    if (slash < 0) break
    start = slash + 1
  }
  return found
}

/** Whether the rest of `path` leads a server that reads it leniently from here to what people have to sign in for. */
function leadsToGuarded(root: PathNode, path: string, start: number): boolean {
  let nodes: readonly PathNode[] = [root]
  for (const segment of path.slice(start).split('/')) {
    const name = loosenSegment(segment)
    if (name === '') continue
    nodes = nodes.flatMap((node) => looseChildren(node).get(name) ?? [])
    if (nodes.some(asksForSignIn)) return true
    if (nodes.length === 0) return false
  }
  return false
}

function asksForSignIn({ found }: PathNode): boolean {
  return found?.found === true && found.route.application.preAuthentication
}

const childless: ReadonlyMap<string, readonly PathNode[]> = new Map()

function looseChildren(node: PathNode): ReadonlyMap<string, readonly PathNode[]> {
  if (!node.children) return childless
  if (node.loose) return node.loose
  node.loose = new Map()
  for (const [segment, child] of node.children) listIn(node.loose, loosenSegment(segment), child)
  return node.loose
}

/** The applications whose sign-in pages a host serves, whatever path they are published under; none without sign-in. */
export function guardedAt(
  table: RouteTable,
  scheme: 'http' | 'https',
  host: string,
  port: number,
): readonly RoutedApplication[] {
  const dot = host.indexOf('.')
  const exact = siteAt(table.exact, scheme, host, port)?.guarded ?? []
  if (exact.length > 0 || !liesUnderStar(table, host, dot)) return exact
  return siteAt(table.starred, scheme, host.slice(dot + 1), port)?.guarded ?? []
}

/** Where the request goes: the internal origin, and the path with its prefix exchanged, the rest byte for byte. [P1] [P3] */
export function toInternal(
  { route, star }: Found,
  path: string,
): { readonly origin: string; readonly path: string } {
  const { external, internal } = route
  return {
    origin: originUnder(internal, star),
    path: movePath(path, external.pathPrefix, internal.pathPrefix),
  }
}

/** A base's origin with the label for its star. */
export function originUnder(base: Route['external'], star: string | undefined): string {
  return base.starred ? `${base.scheme}://${star}${base.origin}` : base.origin
}

/** `path` with one prefix exchanged for another; both end in a slash, which `path` itself may lack. */
function movePath(path: string, from: string, to: string): string {
  if (path.length < from.length) return to.slice(0, -1) || '/'
  return to + path.slice(from.length)
}

/** Whether some application answers on this origin, so that a redirect may lead there. */
export function covers(table: RouteTable, origin: string): boolean {
  const sites = sitesAt(table, origin)
  return sites !== undefined && (sites.exact !== undefined || reachableStar(sites.starred))
}

/** Whether an administrator wrote this origin down: something is published there, or a CORS rule allows it by name. */
export function isNamedOrigin(table: RouteTable, origin: string): boolean {
  return table.allowedOrigins.has(origin) || sitesAt(table, origin)?.exact !== undefined
}

/**
 * The name on the certificate for a published host: the host itself, or the star it lies under, so that names somebody makes
 * up cost no certificate each. Hosts that are not listed get their 404 over TLS, too. [P5]
 */
export function certificateName(table: RouteTable, host: string): string | undefined {
  if (table.exact.has(host)) return host
  const dot = host.indexOf('.')
  if (!liesUnderStar(table, host, dot)) return undefined
  const parent = host.slice(dot + 1)
  return table.starred.has(parent) ? `*.${parent}` : undefined
}

/** The hosts that are reached over TLS and lead somewhere; `*.contoso.net` for a star. */
export function securedHosts({ exact, starred }: RouteTable): readonly string[] {
  const isSecured = (site: Site) => site.scheme === 'https'
  const hosts = [...exact].filter(([, sites]) => sites.some(isSecured)).map(([host]) => host)
  const stars = [...starred]
    .filter(([, sites]) => sites.some((site) => isSecured(site) && reachableStar(site)))
    .map(([host]) => `*.${host}`)
  return [...hosts, ...stars]
}

/** Whether a star may stand for what is in front of the first dot. */
function liesUnderStar({ reservedHosts }: RouteTable, host: string, dot: number): boolean {
  return dot > 0 && isHostLabel(host.slice(0, dot)) && !reservedHosts.has(host)
}

function sitesAt(
  table: RouteTable,
  origin: string,
): { exact: Site | undefined; starred: Site | undefined } | undefined {
  const parsed = exactOrigin(origin)
  if (!parsed) return undefined
  const { scheme, host, port } = parsed
  const dot = host.indexOf('.')
  const starred = liesUnderStar(table, host, dot)
  return {
    exact: siteAt(table.exact, scheme, host, port),
    starred: starred ? siteAt(table.starred, scheme, host.slice(dot + 1), port) : undefined,
  }
}

// An origin and nothing else: what differs from its own serialisation is not compared with anything.
function exactOrigin(text: string): Origin | undefined {
  const origin = originOf(text)
  return origin && serializeOrigin(origin) === text ? origin : undefined
}

// The star of a complex application leads nowhere by itself. [P5]
function reachableStar(site: Site | undefined): boolean {
  return site?.first !== undefined && leadsAnywhere(site.first)
}

function leadsAnywhere(node: PathNode): boolean {
  if (node.found?.found) return true
  for (const child of node.children?.values() ?? []) if (leadsAnywhere(child)) return true
  return false
}
