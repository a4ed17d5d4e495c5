/** A cross-origin call in a HAR file that the page could not read, or that was refused. */
export interface HarCall {
  readonly page: string
  readonly target: string
  readonly method: string
  /** Names of the headers that a page must ask for. */
  readonly headers: string
  readonly type: string | undefined
  /** As recorded; 0: the browser kept it from the page. */
  readonly status: number
  /** How often it is in the file. */
  readonly count: number
}

/** Larger files are a day of browsing; a failing call is recorded within seconds. */
export const harMaxBytes = 10 * 1024 * 1024

/** What is wrong with the file, in a sentence. */
export class HarProblem extends Error {}

/**
 * The failed cross-origin calls of a HAR file, each kind once, in their order. Reads names, never values: cookies,
 * tokens and bodies stay in the file. Throws HarProblem.
 */
export function readHar(text: string): readonly HarCall[] {
  const entries = entriesOf(text)
  const kinds = new Map<string, HarCall>()
  for (const entry of entries) {
    const call = callOf(entry)
    if (!call) continue
    if (isRead(entry)) continue
    const asked = asPage(call, entry)
    const key = JSON.stringify([asked.page, asked.target, asked.method, asked.headers])
    const known = kinds.get(key)
    kinds.set(key, { ...asked, count: (known?.count ?? 0) + 1 })
  }
  return [...kinds.values()]
}

interface Field {
  readonly name?: unknown
  readonly value?: unknown
}

interface Entry {
  readonly request?: {
    readonly method?: unknown
    readonly url?: unknown
    readonly headers?: readonly Field[]
  }
  readonly response?: {
    readonly status?: unknown
    readonly headers?: readonly Field[]
    readonly _error?: unknown
  }
}

function entriesOf(text: string): readonly Entry[] {
  let parsed: { readonly log?: { readonly entries?: unknown } }
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new HarProblem('This is no HAR file: it is not even JSON.')
  }
  const entries = parsed?.log?.entries
  if (!Array.isArray(entries)) throw new HarProblem('This is no HAR file: it has no log.entries.')
  return entries.filter((entry) => typeof entry === 'object' && entry !== null)
}

type Call = Omit<HarCall, 'count'>

/** The call of another origin; undefined for everything else. */
function callOf({ request, response }: Entry): Call | undefined {
  const { url, method } = request ?? {}
  if (typeof url !== 'string' || typeof method !== 'string') return undefined
  const origin = fieldOf(request?.headers, 'origin')
  const target = URL.parse(url)
  if (origin === undefined || !target || !URL.canParse(origin) || origin === target.origin) {
    return undefined
  }
  target.search = ''
  target.hash = ''
  const status = typeof response?.status === 'number' ? response.status : 0
  const type = fieldOf(request?.headers, 'content-type')
  const headers = namesOf(request?.headers)
  return { page: `${origin}/`, target: target.href, method, headers, type, status }
}

/** A preflight speaks of the call that it is for. */
function asPage(call: Call, entry: Entry): Call {
  const method = preflightMethod(entry)
  if (call.method !== 'OPTIONS' || method === undefined) return call
  const names = (fieldOf(entry.request?.headers, 'access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim())
  const others = names.filter((name) => name !== '' && name !== 'content-type')
  const type = names.includes('content-type') ? 'application/json' : undefined
  return { ...call, method, headers: others.join(', '), type }
}

function preflightMethod({ request }: Entry): string | undefined {
  return fieldOf(request?.headers, 'access-control-request-method')
}

/** Whether the page got an answer that it could read, and that was no refusal. */
function isRead({ request, response }: Entry): boolean {
  const allowed = fieldOf(response?.headers, 'access-control-allow-origin')
  const status = typeof response?.status === 'number' ? response.status : 0
  if (response?._error !== undefined || status === 0 || status >= 400) return false
  return allowed === '*' || allowed === fieldOf(request?.headers, 'origin')
}

function fieldOf(fields: readonly Field[] | undefined, name: string): string | undefined {
  if (!Array.isArray(fields)) return undefined
  const found = fields.find((field) => String(field?.name).toLowerCase() === name)
  return typeof found?.value === 'string' ? found.value : undefined
}

// Those a browser sends by itself, or that need no permission (Fetch §cors-safelisted-request-header, §forbidden-header-name).
const unasked =
  /^(?::|accept(?:-|$)|content-(?:language|length|type)$|cache-control$|pragma$|connection$|cookie|dnt$|host$|origin$|priority$|referer$|save-data$|sec-|te$|upgrade|user-agent$|viewport-width$|x-client-data$)/

function namesOf(fields: readonly Field[] | undefined): string {
  if (!Array.isArray(fields)) return ''
  const names = fields.map(({ name }) => String(name).toLowerCase())
  return [...new Set(names)].filter((name) => !unasked.test(name)).join(', ')
}
