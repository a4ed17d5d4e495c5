/** Whether entries of `allowedOrigins` allow the origin, as the edge compares them. [C5] */
export function allowsOrigin(entries: readonly string[], origin: string): boolean {
  return entries.some((entry) => {
    if (entry === origin) return true
    if (entry === '*') return serialized.test(origin)
    const star = entry.indexOf('*')
    if (star < 0) return false
    const [before, after] = [entry.slice(0, star), entry.slice(star + 1)]
    if (!origin.startsWith(before) || !origin.endsWith(after)) return false
    return label.test(origin.slice(before.length, origin.length - after.length))
  })
}

const serialized = /^[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._:[\]-]+$/
// One label, never two and never none (RFC 1123 §2.1, and the underscore that browsers take).
const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/** The origin of a URL that may have a star as its first label. */
export function originOf(url: string): string | undefined {
  const parsed = URL.parse(url.replace('//*.', '//star-.'))
  return parsed?.origin.replace('//star-.', '//*.')
}
