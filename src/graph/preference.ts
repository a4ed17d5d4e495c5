/** How much of an answer the caller wants to see (RFC 7240 §4.2). */
export type Preference = 'minimal' | 'representation'

const pattern = /^return *= *"?(minimal|representation)"?(?: *;.*)?$/i

/** What `Prefer` says about the answer; of two that contradict each other the first (RFC 7240 §2). */
export function readPreference(headers: Headers): Preference | undefined {
  for (const part of (headers.get('prefer') ?? '').split(',')) {
    const [, said] = pattern.exec(part.trim()) ?? []
    if (said !== undefined) return said.toLowerCase() as Preference
  }
  return undefined
}
