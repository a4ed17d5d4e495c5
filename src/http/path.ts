import { parseTarget, type TargetProblem } from './target.ts'

/** A path an administrator wrote, in the form requests are compared in: escaped as browsers do; or what is wrong with it. */
export function normalizePath(text: string): string | { readonly problem: TargetProblem } {
  if (!text.isWellFormed()) return { problem: 'bad-character' }
  const escaped = text.replace(/[^\x21-\x7e]+/g, encodeURIComponent)
  // RFC 3986 §6.2.2.1: the hexadecimal digits of an escape are upper-case.
  const target = parseTarget(escaped.replace(/%[0-9a-f]{2}/gi, (triplet) => triplet.toUpperCase()))
  return typeof target === 'string' ? { problem: target } : target.canonicalPath
}
