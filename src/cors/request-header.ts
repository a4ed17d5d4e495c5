import { type RawHeaders, trimOws } from '../http/headers.ts'

// Fetch §forbidden-request-header
const forbiddenNames: ReadonlySet<string> = new Set([
  'accept-charset',
  'accept-encoding',
  'access-control-request-headers',
  'access-control-request-method',
  'connection',
  'content-length',
  'cookie',
  'cookie2',
  'date',
  'dnt',
  'expect',
  'host',
  'keep-alive',
  'origin',
  'referer',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
])

/** A header the browser alone may set; one that a page sets is silently left out. */
export function isForbiddenRequestHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return forbiddenNames.has(lower) || lower.startsWith('proxy-') || lower.startsWith('sec-')
}

// Fetch §cors-unsafe-request-header-names: above this sum even harmless headers are asked about.
const safelistedValuesMaxBytes = 1_024
// Fetch §cors-safelisted-request-header
const safelistedValueMaxBytes = 128

/** Lower-case names a preflight must ask for, sorted, each once (Fetch §cors-unsafe-request-header-names). */
export function unsafeHeaderNames(headers: RawHeaders): readonly string[] {
  const unsafe = new Set<string>()
  const safelisted = new Set<string>()
  let safelistedBytes = 0
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase()
    const value = headers[i + 1] as string
    if (isForbiddenRequestHeader(name)) continue
    if (isSafelistedHeader(name, value)) {
      safelisted.add(name)
      safelistedBytes += value.length
    } else unsafe.add(name)
  }
  const asked = safelistedBytes > safelistedValuesMaxBytes ? [...unsafe, ...safelisted] : unsafe
  return [...new Set(asked)].sort()
}

/** Fetch §cors-safelisted-request-header: the value counts as much as the name. */
export function isSafelistedHeader(name: string, value: string): boolean {
  return value.length <= safelistedValueMaxBytes && safelistedValues.get(name)?.(value) === true
}

// Fetch §cors-unsafe-request-header-byte: control bytes but tab, and "():<>?@[\]{} and DEL
const unsafeByte = /[^\t\x20-\x7e\x80-\xff]|["():<>?@[\\\]{}]/
const languageValue = /^[0-9A-Za-z *,\-.;=]*$/
const safelistedTypes: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
])

const safelistedValues: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['accept', (value: string) => !unsafeByte.test(value)],
  ['accept-language', (value: string) => languageValue.test(value)],
  ['content-language', (value: string) => languageValue.test(value)],
  ['content-type', isSafelistedType],
  // Fetch §simple-range-header-value: one range that starts somewhere.
  ['range', isSimpleRange],
])

function isSafelistedType(value: string): boolean {
  const essence = trimOws(value.split(';', 1)[0] ?? '').toLowerCase()
  return !unsafeByte.test(value) && safelistedTypes.has(essence)
}

function isSimpleRange(value: string): boolean {
  const range = /^bytes=([0-9]+)-([0-9]*)$/.exec(value)
  if (!range) return false
  return range[2] === '' || Number(range[1]) <= Number(range[2])
}
