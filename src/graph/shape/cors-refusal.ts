import type { CorsRefusals } from '../../directory/directory.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { corsRefusal } from '../resource/publishing.ts'

/** Refused cross-origin calls of one application, an extension of ours; `path` is where they stand. [D3] */
export function corsRefusalCollection(path: string): Collection<CorsRefusals> {
  return {
    context: path,
    properties: propertiesOf(corsRefusal),
    fields: {
      origin: (refusals) => refusals.origin,
      method: (refusals) => refusals.method,
      reason: (refusals) => refusals.code,
      ruleId: (refusals) => refusals.ruleId,
      mode: (refusals) => refusals.mode,
    },
    write: (refusals) => ({
      origin: refusals.origin,
      method: refusals.method,
      reason: refusals.code,
      ruleId: refusals.ruleId ?? null,
      mode: refusals.mode,
      count: refusals.count,
      firstDateTime: new Date(refusals.firstAt).toISOString(),
      lastDateTime: new Date(refusals.lastAt).toISOString(),
    }),
  }
}
