import type { CorsRefusals } from '../../directory/counted-refusals.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { corsRefusal } from '../resource/publishing.ts'
import type { GraphChange } from './doctor-option.ts'

/**
 * Refused cross-origin calls of one application or of all, an extension of ours; `path` is where they stand, and `offer`
 * what would allow such a call. [D3]
 */
export function corsRefusalCollection(
  path: string,
  offer: (refusals: CorsRefusals) => GraphChange | undefined,
): Collection<CorsRefusals> {
  return {
    context: path,
    properties: propertiesOf(corsRefusal),
    fields: {
      applicationId: (refusals) => refusals.applicationId,
      segmentId: (refusals) => refusals.segmentId,
      origin: (refusals) => refusals.origin,
      method: (refusals) => refusals.method,
      reason: (refusals) => refusals.code,
      ruleId: (refusals) => refusals.ruleId,
      mode: (refusals) => refusals.mode,
    },
    write: (refusals) => ({
      applicationId: refusals.applicationId,
      segmentId: refusals.segmentId ?? null,
      origin: refusals.origin,
      method: refusals.method,
      headers: refusals.headers,
      reason: refusals.code,
      ruleId: refusals.ruleId ?? null,
      mode: refusals.mode,
      count: refusals.count,
      firstDateTime: new Date(refusals.firstAt).toISOString(),
      lastDateTime: new Date(refusals.lastAt).toISOString(),
      offeredChange: offer(refusals) ?? null,
    }),
  }
}
