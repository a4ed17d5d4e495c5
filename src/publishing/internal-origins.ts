import type { Application } from './application.ts'
import { parseBase } from './route.ts'

/** An origin that requests go to, and whether every application there wants its certificate checked. */
export interface InternalOrigin {
  readonly origin: string
  readonly verifyCertificate: boolean
}

/**
 * Connector group id → the internal origins of its applications, each once. Hosts that a star stands for are unknown
 * until somebody asks for one, so they are not among them. [K4]
 */
export function internalOrigins(
  applications: readonly Application[],
  defaultGroupId: string,
): ReadonlyMap<string, readonly InternalOrigin[]> {
  const groups = new Map<string, Map<string, InternalOrigin>>()
  for (const { publishing, connectorGroupId = defaultGroupId } of applications) {
    if (!publishing) continue
    const origins = groups.get(connectorGroupId) ?? new Map<string, InternalOrigin>()
    groups.set(connectorGroupId, origins)
    for (const { internalUrl } of [publishing, ...publishing.segments]) {
      const origin = originOfInternalUrl(internalUrl)
      if (origin === undefined) continue
      const others = origins.get(origin)?.verifyCertificate ?? true
      const verifyCertificate = others && publishing.validateBackendCertificate
      origins.set(origin, { origin, verifyCertificate })
    }
  }
  return new Map([...groups].map(([groupId, origins]) => [groupId, [...origins.values()]]))
}

/** The origin that requests for this internal URL go to; undefined when a star stands for its host. */
export function originOfInternalUrl(internalUrl: string | undefined): string | undefined {
  const base = internalUrl === undefined ? undefined : parseBase(internalUrl)
  return base && !base.starred ? base.origin : undefined
}
