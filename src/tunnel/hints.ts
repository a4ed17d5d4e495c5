import type { TunnelRequest } from './exchange.ts'

/** What may be said about a request besides its head; a connector that does not understand it may do without. */
export type Hints = Pick<TunnelRequest, 'http2' | 'boundTo'>

const namePattern = /^[\x21-\x7e]{1,128}$/

/** The hints of a request as text (spec.md §Hints), empty when there are none or they cannot be sent. */
export function writeHints({ http2, boundTo }: Hints): string {
  const lines: string[] = []
  if (http2) lines.push('http2')
  if (boundTo !== undefined && namePattern.test(boundTo)) lines.push(`bound-to ${boundTo}`)
  return lines.join('\n')
}

/** The hints that a text gives; what it says beyond them is for later versions. */
export function readHints(text: string): Hints {
  const lines = text.split('\n')
  const boundTo = lines.find((line) => line.startsWith('bound-to '))?.slice('bound-to '.length)
  return {
    http2: lines.includes('http2'),
    boundTo: boundTo !== undefined && namePattern.test(boundTo) ? boundTo : undefined,
  }
}
