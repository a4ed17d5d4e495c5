/** A request target in origin-form, taken apart once. */
export interface Target {
  /** As written; this is what the application gets. */
  readonly path: string
  /** With needless escapes undone (RFC 3986 §6.2.2.2); decisions are taken on this one. */
  readonly canonicalPath: string
  /** With the question mark, or empty. */
  readonly query: string
}

export type TargetProblem =
  | 'not-origin-form'
  | 'too-long'
  | 'bad-character'
  | 'bad-escape'
  | 'dot-segment'
  | 'encoded-separator'
  | 'encoded-control'
  | 'double-encoding'
  | 'overlong-encoding'
  | 'path-parameter'
  | 'fragment'

// What nginx and Apache take by default; a longer one is an attack or a bug.
export const targetMaxBytes = 8192

// RFC 3986 pchar, and the characters beyond it that browsers leave unescaped in a path.
const pathPattern = /^\/[A-Za-z0-9\-._~!$&'()*+,;=:@/|[\]^%]*$/
// Browsers leave more unescaped in a query; no space, no control byte, no quotation marks, no fragment.
const queryPattern = /^[\x21\x24-\x3b\x3d\x3f-\x7e]*$/
// Nothing to undo and nothing to doubt: no segment empty or beginning with a dot. Each segment is matched in one way only:
// were the slash between two optional, a long segment with an escape behind it would be tried in 2^length ways.
const plainSegment = /[A-Za-z0-9\-_~!$&'()*+,=:@|[\]^][A-Za-z0-9\-._~!$&'()*+,=:@|[\]^]*/.source
const plainPath = new RegExp(`^/(?:${plainSegment}(?:/${plainSegment})*/?)?$`)

/** A target two readers could take differently is a problem, never repaired (RFC 9112 §3.2, security by refusal). [F8] */
export function parseTarget(raw: string): Target | TargetProblem {
  if (raw.length > targetMaxBytes) return 'too-long'
  if (raw.includes('#')) return 'fragment'
  const mark = raw.indexOf('?')
  const path = mark < 0 ? raw : raw.slice(0, mark)
  const query = mark < 0 ? '' : raw.slice(mark)
  if (!queryPattern.test(query)) return 'bad-character'
  if (plainPath.test(path)) return { path, canonicalPath: path, query }
  if (!path.startsWith('/') || path.startsWith('//')) return 'not-origin-form'
  if (!pathPattern.test(path)) return 'bad-character'
  const canonicalPath = path.includes('%') ? undoEscapes(path) : path
  if (!canonicalPath.startsWith('/')) return canonicalPath as TargetProblem
  const problem = segmentProblem(canonicalPath)
  return problem ?? { path, canonicalPath, query }
}

const escapes = /%([0-9A-Fa-f]{2})?/g
const unreserved = /[A-Za-z0-9\-._~]/

/** Undoes escapes of unreserved characters; a problem's name when an escape hides something. */
function undoEscapes(path: string): string {
  if (overlong.test(path)) return 'overlong-encoding'
  let problem: TargetProblem | undefined
  const undone = path.replace(escapes, (written, hex: string | undefined) => {
    if (hex === undefined) {
      problem ??= 'bad-escape'
      return written
    }
    const code = Number.parseInt(hex, 16)
    problem ??= escapeProblem(code)
    const character = String.fromCharCode(code)
    return code < 0x80 && unreserved.test(character) ? character : written
  })
  if (doubleEscape.test(path)) problem ??= 'double-encoding'
  return problem ?? undone
}

// Two-byte forms of ASCII, three- and four-byte forms of less, and the full-width dot, slash and backslash.
const overlong = /%c[01]|%e0%[89]|%f0%8|%ef%bc%(?:8e|8f|bc)/i
const doubleEscape = /%25(?:2[5ef3]|5c|3b|[01][0-9a-f]|7f|c0|c1|u)/i

function escapeProblem(code: number): TargetProblem | undefined {
  if (code === 0x2f || code === 0x5c) return 'encoded-separator'
  if (code < 0x20 || code === 0x7f) return 'encoded-control'
  if (code === 0x23) return 'fragment'
  return undefined
}

function segmentProblem(path: string): TargetProblem | undefined {
  for (const segment of path.split('/')) {
    const semicolon = segment.indexOf(';')
    const name = semicolon < 0 ? segment : segment.slice(0, semicolon)
    if (name === '.' || name === '..') return 'dot-segment'
    if (semicolon < 0) continue
    // `/;/x`, `/a;..`, `/a;x=/b`: servers differ on where such a parameter ends.
    if (name === '' || segment.endsWith('=') || segment.includes('..')) return 'path-parameter'
  }
  return undefined
}
