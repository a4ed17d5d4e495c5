import type { DoctorSearch } from './search.ts'

// What browsers write into their consoles, as their sources and documents have it in November 2026.
const patterns: readonly RegExp[] = [
  // Chromium: fetch, XMLHttpRequest, scripts, fonts and styles.
  /Access to (?:fetch|XMLHttpRequest|script|font|CSS stylesheet|image|[\w ]+) at '(?<target>[^']+)'(?: \(redirected from '(?<first>[^']+)'\))? from origin '(?<page>[^']+)'/,
  // Firefox.
  /(?:disallows reading the remote resource at|request blocked: .* at) (?<target>https?:\/\/\S+?)\.? \(Reason/,
  // Safari.
  /(?:Fetch API|XMLHttpRequest) cannot load (?<target>\S+) due to access control checks/,
  /Origin (?<page>\S+) is not allowed by Access-Control-Allow-Origin/,
]

const methodRefused =
  /Method (?<method>[\w-]+) is not allowed|Did not find method in CORS header|not allow method (?<other>[\w-]+)/i
const headerRefused =
  /[Hh]eader field (?<name>[\w-]+) is not allowed|header ‘(?<other>[\w-]+)’ is not allowed/

/** What a console message says about the call; what it does not say is absent. */
export function readMessage(text: string): DoctorSearch {
  const found = patterns.map((pattern) => pattern.exec(text)?.groups ?? {})
  const groups: Record<string, string | undefined> = Object.assign({}, ...found)
  const method = methodRefused.exec(text)?.groups
  const header = headerRefused.exec(text)?.groups
  const named = method?.['method'] ?? method?.['other']
  const name = header?.['name'] ?? header?.['other']
  const page = pageUrl(groups['page']) ?? firefoxPage(text)
  const target = groups['first'] ?? groups['target']
  return {
    ...(page !== undefined && { page }),
    ...(target !== undefined && URL.canParse(target) && { target }),
    ...(named !== undefined && { method: named }),
    ...(name !== undefined && name.toLowerCase() !== 'content-type' && { headers: name }),
    ...assumed(text, named, name),
  }
}

// A page is only known by its origin.
function pageUrl(origin: string | undefined): string | undefined {
  return origin !== undefined && URL.canParse(origin) ? `${origin}/` : undefined
}

// Consoles put the address of the script behind the message.
function firefoxPage(text: string): string | undefined {
  const script = /(?:^|\s|@)(?<url>https?:\/\/[^\s)]+?):\d+(?::\d+)?\s*$/m.exec(text)?.groups?.[
    'url'
  ]
  const origin = script === undefined ? undefined : URL.parse(script)?.origin
  return pageUrl(origin)
}

/** A preflight was refused, and nothing says for which call: most of them are for JSON. */
function assumed(text: string, method: string | undefined, name: string | undefined) {
  if (name?.toLowerCase() === 'content-type') return { type: 'application/json' }
  if (method !== undefined || name !== undefined || !/preflight/i.test(text)) return {}
  return { method: 'POST', type: 'application/json' }
}
