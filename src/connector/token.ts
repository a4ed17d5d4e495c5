import type { Issue, Parsed } from '../base/check.ts'
import { parseEdgeAddress } from '../tunnel/carrier.ts'

/** What one enrolment token says. */
export interface EnrolmentToken {
  /** `host:port` of the edge; 443 if no port is written. */
  readonly edge: string
  /** SHA-256 fingerprint of the edge's certificate authority, hexadecimal. */
  readonly ca: string
  /** One-time, short-lived. */
  readonly secret: string
}

// Tells people and secret scanners what the string is.
const prefix = 'sallyport-'

// Three short strings; anything longer is something else that was pasted.
const tokenLengthMax = 2_048

const fingerprintPattern = /^[0-9a-f]{64}$/
const secretPattern = /^[\x21-\x7e]{16,256}$/

/** The token as one word for a command line. */
export function encodeToken({ edge, ca, secret }: EnrolmentToken): string {
  return prefix + Buffer.from(JSON.stringify({ edge, ca, secret })).toString('base64url')
}

/** What the token says, or everything that is wrong with it. [K1] */
export function decodeToken(text: string): Parsed<EnrolmentToken> {
  const content = contentOf(text.trim())
  if (!content) {
    const message = `an enrolment token is one word that begins with ${prefix}; copy all of it`
    return { issues: [{ path: '/token', code: 'token-malformed', message }] }
  }
  const { edge, secret } = content
  const ca = content.ca.replaceAll(':', '').toLowerCase()
  const issues: Issue[] = []
  const address = parseEdgeAddress(edge)
  if ('issues' in address) issues.push(...address.issues)
  if (!fingerprintPattern.test(ca)) {
    issues.push({ path: '/ca', code: 'token-authority', message: 'the token pins no authority' })
  }
  if (!secretPattern.test(secret)) {
    issues.push({ path: '/secret', code: 'token-secret', message: 'the token holds no secret' })
  }
  return issues.length > 0 ? { issues } : { value: { edge, ca, secret } }
}

function contentOf(text: string): EnrolmentToken | undefined {
  if (!text.startsWith(prefix) || text.length > tokenLengthMax) return undefined
  try {
    const content: unknown = JSON.parse(
      Buffer.from(text.slice(prefix.length), 'base64url').toString(),
    )
    if (typeof content !== 'object' || content === null) return undefined
    const { edge = '', ca = '', secret = '' } = content as Record<keyof EnrolmentToken, unknown>
    return { edge: String(edge), ca: String(ca), secret: String(secret) }
  } catch {
    // Cut off when it was copied, or never a token.
    return undefined
  }
}
