/** How much of an answer the caller wants to see (RFC 7240 §4.2). */
export type Preference = 'minimal' | 'representation'

/** Whether what the path names by its unique name is to be made where it is not there. */
export function wantsCreation(headers: Headers): boolean {
  const parts = (headers.get('prefer') ?? '').split(',')
  return parts.some((part) => part.trim().toLowerCase() === creation)
}

const creation = 'create-if-missing'

/** What an answer says that did so (RFC 7240 §3). */
export const appliedCreation = { 'preference-applied': creation } as const

const pattern = /^return *= *"?(minimal|representation)"?(?: *;.*)?$/i

/** What `Prefer` says about the answer; of two that contradict each other the first (RFC 7240 §2). */
export function readPreference(headers: Headers): Preference | undefined {
  for (const part of (headers.get('prefer') ?? '').split(',')) {
    const [, said] = pattern.exec(part.trim()) ?? []
    if (said !== undefined) return said.toLowerCase() as Preference
  }
  return undefined
}
