import type { Issue } from '../base/check.ts'
import type { Publishing } from './application.ts'

/** The ports an edge listens on, by the scheme that is spoken there. */
export interface ServedPorts {
  readonly https: readonly number[]
  readonly http: readonly number[]
}

/**
 * External URLs whose port is none of the edge's. Browsers get there only if something in front passes that port on, which
 * the edge cannot know: it is said, and not refused. Paths are relative to the publishing. [P12]
 */
export function findUnservedPorts(publishing: Publishing, served: ServedPorts): readonly Issue[] {
  const { externalUrl, alternateUrl, segments } = publishing
  return [
    ...warnings(externalUrl, '/externalUrl', served),
    ...warnings(alternateUrl, '/alternateUrl', served),
    ...segments.flatMap((segment, index) => [
      ...warnings(segment.externalUrl, `/segments/${index}/externalUrl`, served),
      ...warnings(segment.alternateUrl, `/segments/${index}/alternateUrl`, served),
    ]),
  ]
}

function warnings(url: string | undefined, path: string, served: ServedPorts): readonly Issue[] {
  // A star is no host name, and the port does not depend on it.
  const parsed = URL.parse(url?.replace('//*.', '//') ?? '')
  if (!parsed) return []
  const scheme = parsed.protocol === 'http:' ? 'http' : 'https'
  const port = Number(parsed.port || (scheme === 'http' ? 80 : 443))
  if (served[scheme].includes(port)) return []
  const listens = served[scheme].join(', ') || 'none'
  const message = `port ${port} is none on which this edge speaks ${scheme} (${listens}): browsers get there only if something in front passes it on`
  return [{ path, code: 'external-port-not-served', message }]
}
