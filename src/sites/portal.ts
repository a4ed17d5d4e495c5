import type { RouteNote } from '../base/route-note.ts'
import type { Site } from '../edge/site.ts'
import { listMembers } from '../http/headers.ts'
import { html, pageAnswer } from '../http/page.ts'
import type { Session } from '../identity/session.ts'
import { toResponse } from './answer.ts'
import { type CallRefusal, judgeCall } from './portal-call.ts'
import type { StaticFile, StaticFiles } from './static-files.ts'

export interface PortalOptions {
  readonly origin: string
  /** Where somebody who does not administer is sent. */
  readonly myAppsUrl: string
  readonly files: StaticFiles
  /** The command that builds the portal, for whoever runs the edge from its sources. */
  readonly buildCommand: string
  /** What the API takes at this path. */
  readonly bodyMaxBytesOf: (method: string, path: string) => number
  /** The management API in this person's name; its paths start with the version. */
  readonly callApi: (request: Request, session: Session, note: RouteNote) => Promise<Response>
  /** Whether the person may do anything at the API now. */
  readonly administers: (personId: string) => Promise<boolean>
}

// Pages take none, and of the API's calls a few take more.
const pageBodyMaxBytes = 1024 * 1024

function toApiPath(pathname: string): string {
  return pathname.replace(apiPath, '')
}

const apiPath = /^\/api(?=\/(?:beta|v1\.0)(?:\/|$))/

/**
 * The portal: static files, and the management API for the person of the session, who has no token that a script could
 * lose. [G5] [G3]
 */
export function createPortal(options: PortalOptions): Site {
  const { administers, bodyMaxBytesOf } = options
  return {
    async bodyMaxBytes(method, path, { personId }) {
      const apiMaxBytes = apiPath.test(path) ? bodyMaxBytesOf(method, toApiPath(path)) : 0
      // Whoever may call nothing is not listened to for long.
      const isLong = apiMaxBytes > pageBodyMaxBytes && (await administers(personId))
      return isLong ? apiMaxBytes : pageBodyMaxBytes
    },
    async answer(request, session, note) {
      const url = new URL(request.url)
      const isApi = url.pathname === '/api' || url.pathname.startsWith('/api/')
      const response = isApi
        ? await answerCall(options, request, url, session, note)
        : await answerPage(options, request, url.pathname, session)
      for (const [name, value] of ownHeaders) response.headers.set(name, value)
      return response
    },
  }
}

// Nothing of another origin may read, frame or keep a handle on what an administrator sees.
const ownHeaders = [
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  // The window in which somebody signs in again has to tell this page that they have.
  ['Cross-Origin-Opener-Policy', 'same-origin-allow-popups'],
  ['Referrer-Policy', 'no-referrer'],
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
] as const

async function answerCall(
  options: PortalOptions,
  request: Request,
  url: URL,
  session: Session,
  note: RouteNote,
): Promise<Response> {
  const { headers, method } = request
  const facts = {
    method,
    origin: headers.get('origin') ?? undefined,
    fetchSite: headers.get('sec-fetch-site') ?? undefined,
    portalField: headers.get('x-sallyport-portal') ?? undefined,
  }
  const verdict = judgeCall(facts, options.origin)
  if (!verdict.allowed) return refuse(403, verdict.because, refusals[verdict.because])
  if (!apiPath.test(url.pathname)) {
    return refuse(404, 'unknown-path', 'The API is below /api/beta and /api/v1.0.')
  }
  const target = new URL(url)
  target.pathname = toApiPath(url.pathname)
  return options.callApi(new Request(target, request), session, note)
}

const refusals: Readonly<Record<CallRefusal, string>> = {
  'other-site': 'Pages of other origins may not use the session of the portal.',
  'unknown-origin': 'A change needs the Origin or Sec-Fetch-Site field that browsers send.',
  'no-portal-field': 'A change needs the field X-Sallyport-Portal: 1.',
}

/** In the envelope of the API. */
function refuse(status: number, code: string, message: string): Response {
  return Response.json(
    { error: { code, message } },
    { status, headers: { 'cache-control': 'no-store' } },
  )
}

async function answerPage(
  options: PortalOptions,
  request: Request,
  path: string,
  session: Session,
): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } })
  }
  const { files } = options
  const isAsset = path.startsWith(assetsPath)
  if (!isAsset && !(await options.administers(session.personId))) return notForYou(options, session)
  if (!(await files.ready())) return notBuilt(options)
  const accepted = acceptedEncodings(request.headers.get('accept-encoding') ?? '')
  if (isAsset) {
    const asset = await files.find(path, accepted)
    return asset ? sendFile(asset, immutable) : new Response(null, { status: 404 })
  }
  // A path of the page's own is no file here: the page knows what to show there.
  const isPage = path === '/' || path === entryPath
  const file = isPage ? undefined : await files.find(path, accepted)
  const found = file ?? (await files.find(entryPath, accepted))
  return found ? sendFile(found, 'no-cache') : notBuilt(options)
}

/** The page of the portal, in its folder. */
export const entryPath = '/index.html'
// Names below carry a hash of their content.
const assetsPath = '/assets/'
const immutable = 'private, max-age=31536000, immutable'

/** Names that are not refused by a weight of nothing (RFC 9110 §12.5.3). */
function acceptedEncodings(field: string): ReadonlySet<string> {
  const members = listMembers([field]).map((member) => member.toLowerCase())
  const wanted = members.filter((member) => !/;\s*q=0(?:\.0*)?$/.test(member))
  return new Set(wanted.map((member) => member.replace(/\s*;.*$/, '')))
}

// The hash is that of nothing: Fluent adds empty style elements and fills them from script.
const contentPolicy = `default-src 'none'; script-src 'self'; \
style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; connect-src 'self'; img-src 'self' data:; \
font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

function sendFile({ bytes, type, encoding }: StaticFile, cacheControl: string): Response {
  const headers = new Headers({
    'content-type': type,
    'cache-control': cacheControl,
    vary: 'Accept-Encoding',
    'content-security-policy': contentPolicy,
  })
  if (encoding) headers.set('content-encoding', encoding)
  return new Response(new Uint8Array(bytes), { headers })
}

function notBuilt({ buildCommand }: PortalOptions): Response {
  const body = html`<p>The pages of the portal are not built yet. On the edge’s machine, in the folder of Sallyport:</p>
<p><code>${buildCommand}</code></p>
<p>The management API and the command line work without them.</p>`
  return toResponse(pageAnswer(503, { title: 'The portal is not built', body }))
}

function notForYou({ myAppsUrl }: PortalOptions, { userPrincipalName }: Session): Response {
  const body = html`<p>This is where administrators work, and ${userPrincipalName} has no role there. \
Whoever administers Sallyport can give you one.</p>
<p><a class="button full" href="${myAppsUrl}">My Apps</a></p>
<p class="end"><a href="/.sallyport/sign-out">Sign out</a></p>`
  return toResponse(pageAnswer(403, { title: 'You have no role here', body }))
}
