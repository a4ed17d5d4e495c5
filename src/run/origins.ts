import { type Origin, serializeOrigin } from '../http/origin.ts'

/** The edge's own hosts on its one port; they are never applications. */
export interface OwnOrigins {
  /** Sign-in and the embedded provider. */
  readonly login: string
  /** The management API. */
  readonly graph: string
  /** The management API again, under a name that resolves everywhere. */
  readonly local: string
}

/** The own origins of an edge for `domain` on `port`. */
export function ownOrigins(domain: string, port: number): OwnOrigins {
  const at = (host: string): string => {
    const origin: Origin = { scheme: 'https', host, port }
    return serializeOrigin(origin)
  }
  return { login: at(`login.${domain}`), graph: at(`graph.${domain}`), local: at('localhost') }
}
