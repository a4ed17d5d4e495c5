import { z } from 'zod'
import type { Parsed } from '../../base/check.ts'
import type { LoggedRequest } from '../../doctor/network-log.ts'
import { bareUrl } from '../../doctor/reported-call.ts'
import type { RawHeaders } from '../../http/headers.ts'
import { issueAt } from './body.ts'

/** As large as a network log may be, in characters of its text; an hour at a busy page. */
export const harMaxLength: number = 10 * 1024 * 1024

// As many requests as are looked at; browsers keep a few thousand of one page.
const entriesMax = 20_000
// Above this a header is no fact about CORS but a mistake or an attack.
const valueMaxLength = 2_000

const header = z.object({ name: z.string(), value: z.string().catch('') })
const fields = z.array(header).catch([])

/** What matters of a HAR 1.2 file; whatever else is in it is not even kept while it is read. */
const entry = z.object({
  pageref: z.string().optional().catch(undefined),
  _resourceType: z.string().optional().catch(undefined),
  request: z.object({
    method: z.string().max(32),
    url: z.string().max(8_192),
    headers: fields,
    cookies: z.array(z.unknown()).catch([]),
  }),
  response: z.object({
    status: z.int().catch(0),
    headers: fields,
    _error: z.string().nullish().catch(undefined),
  }),
})
const har = z.object({
  log: z.object({
    pages: z.array(z.object({ id: z.string(), title: z.string().catch('') })).catch([]),
    entries: z.array(z.unknown()).max(entriesMax, `must have at most ${entriesMax} requests`),
  }),
})

/**
 * The requests in a HAR file (W3C Web Performance, HTTP Archive 1.2), as text or parsed, or what is wrong with it. Cookies,
 * bodies, queries and every value that has nothing to do with CORS are dropped here. [D2]
 */
export function readHar(sent: unknown): Parsed<readonly LoggedRequest[]> {
  const value = typeof sent === 'string' ? parsed(sent) : sent
  const read = har.safeParse(value)
  if (!read.success) return { issues: [issueAt('har', 'not-har', 'must be a HAR file (JSON)')] }
  const { pages, entries } = read.data.log
  const titles = new Map(pages.map(({ id, title }) => [id, title]))
  const requests = entries.flatMap((each) => {
    const known = entry.safeParse(each)
    return known.success ? (toRequest(known.data, titles) ?? []) : []
  })
  return { value: requests }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Told as what it is not.
    return undefined
  }
}

type Entry = z.infer<typeof entry>

function toRequest(
  { pageref = '', request, response, _resourceType }: Entry,
  titles: ReadonlyMap<string, string>,
): LoggedRequest | undefined {
  const url = bareUrl(request.url)
  if (url === undefined || !/^(?:https?|wss?):/.test(url)) return undefined
  const field = (name: string) => fieldOf(request.headers, name)
  const title = titles.get(pageref) ?? ''
  const asked = field('access-control-request-method')
  return {
    url,
    method: request.method,
    origin: field('origin'),
    // Chromium has the address of the page for its title, Firefox the title that people see.
    pageUrl: bareUrl(field('referer') ?? title),
    isSocket: _resourceType === 'websocket' || /^wss?:/.test(url),
    asked: asked === undefined ? undefined : { method: asked, headers: askedNames(field) },
    headers: harmless(request.headers),
    withCookies: request.cookies.length > 0 || field('cookie') !== undefined,
    status: response.status,
    answered: corsFields(response.headers, url),
    isFailed: response.status === 0 || Boolean(response._error),
  }
}

type Fields = Entry['request']['headers']

function fieldOf(headers: Fields, name: string): string | undefined {
  return headers.find((each) => each.name.toLowerCase() === name)?.value.slice(0, valueMaxLength)
}

function askedNames(field: (name: string) => string | undefined): readonly string[] {
  const names = field('access-control-request-headers') ?? ''
  return names.split(',').flatMap((name) => name.trim() || [])
}

// Whether a browser asks first depends on the values of these alone (Fetch §cors-safelisted-request-header).
const telling: ReadonlySet<string> = new Set([
  ...['accept', 'accept-language', 'content-language', 'content-type', 'range'],
])

function harmless(headers: Fields): RawHeaders {
  return headers.flatMap(({ name, value }) => {
    if (!/^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name)) return []
    return [name, telling.has(name.toLowerCase()) ? value.slice(0, valueMaxLength) : '…']
  })
}

function corsFields(headers: Fields, base: string): RawHeaders {
  return headers.flatMap(({ name, value }) => {
    const lower = name.toLowerCase()
    if (lower === 'location') return ['Location', bareUrl(value, base) ?? '']
    const isTold = lower.startsWith('access-control-') || lower === 'vary'
    // Firefox joins repeated fields by line breaks.
    return isTold ? [name, value.slice(0, valueMaxLength).replaceAll(/[\r\n]+/g, ', ')] : []
  })
}
