import type { TunnelRequest } from './exchange.ts'

/** What may be said about a request besides its head; a connector that does not understand it may do without. */
export type Hints = Pick<TunnelRequest, 'http2' | 'boundTo' | 'trace'>

const namePattern = /^[\x21-\x7e]{1,128}$/

/** The hints of a request as text (spec.md §Hints), empty when there are none or they cannot be sent. */
export function writeHints({ http2, boundTo, trace }: Hints): string {
  const lines: string[] = []
  if (http2) lines.push('http2')
  if (boundTo !== undefined && namePattern.test(boundTo)) lines.push(`bound-to ${boundTo}`)
  if (trace !== undefined && namePattern.test(trace)) lines.push(`trace ${trace}`)
  return lines.join('\n')
}

/** The hints that a text gives; what it says beyond them is for later versions. */
export function readHints(text: string): Hints {
  const lines = text.split('\n')
  return {
    http2: lines.includes('http2'),
    boundTo: nameBehind('bound-to ', lines),
    trace: nameBehind('trace ', lines),
  }
}

function nameBehind(word: string, lines: readonly string[]): string | undefined {
  const name = lines.find((line) => line.startsWith(word))?.slice(word.length)
  return name !== undefined && namePattern.test(name) ? name : undefined
}
