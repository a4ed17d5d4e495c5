/** One label of a host name as resolvers take it: letters, digits, inner hyphens, 1–63 of them (RFC 1123 §2.1). */
export function isHostLabel(text: string): boolean {
  const { length } = text
  if (length === 0 || length > 63) return false
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    const letterOrDigit = (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
    if (!letterOrDigit && (code !== hyphen || i === 0 || i === length - 1)) return false
  }
  return true
}

const hyphen = 45
