import type { Publishing } from '../../publishing/application.ts'
import { findUnservedPorts, type ServedPorts } from '../../publishing/port-warnings.ts'
import { graphTarget } from './target.ts'

/** Something that was saved as it is, and that its author should know. */
export interface Warning {
  readonly code: string
  readonly message: string
  readonly target: string
}

/** What is to be said about what is published; `prefix` is where it stands in the caller's document. [P12] */
export function warningsOf(
  publishing: Publishing,
  served: ServedPorts,
  prefix: string,
): readonly Warning[] {
  const place = { prefix, spelling: 'onPremisesApplicationSegments' } as const
  return findUnservedPorts(publishing, served).map(({ code, message, path }) => ({
    code,
    message,
    target: graphTarget(path, place),
  }))
}

// A list of tokens with parameters (RFC 9651 §3.1); ten say that something is wrong, and fit into any head.
const maxTold = 10

/** The same as the value of a header field; undefined where there is nothing to say. */
export function writeWarnings(warnings: readonly Warning[]): string | undefined {
  if (warnings.length === 0) return undefined
  return warnings
    .slice(0, maxTold)
    .map(({ code, target, message }) => `${code};target=${quote(target)};message=${quote(message)}`)
    .join(', ')
}

function quote(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, '?')
  return `"${printable.replace(/["\\]/g, '\\$&')}"`
}
