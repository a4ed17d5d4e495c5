import { type Origin, serializeOrigin } from '../http/origin.ts'

/** The edge's own hosts on its one port; they are never applications. */
export interface OwnOrigins {
  /** Sign-in and the embedded provider. */
  readonly login: string
  /** The management API. */
  readonly graph: string
  /** The management API again, under a name that resolves everywhere. */
  readonly local: string
  /** What an enrolment token tells a connector to dial. */
  readonly connectors: string
}

/** The own origins of an edge for `domain` on `port`; `connectorHost` is the name connectors know it by. */
export function ownOrigins(
  domain: string,
  port: number,
  connectorHost: string = defaultConnectorHost(domain),
): OwnOrigins {
  const at = (host: string): string => {
    const origin: Origin = { scheme: 'https', host, port }
    return serializeOrigin(origin)
  }
  return {
    login: at(`login.${domain}`),
    graph: at(`graph.${domain}`),
    local: at('localhost'),
    connectors: at(connectorHost),
  }
}

// Browsers know names below `localhost` (RFC 6761 §6.3), resolvers of operating systems often do not.
function defaultConnectorHost(domain: string): string {
  return domain.endsWith('.localhost') ? 'localhost' : `graph.${domain}`
}
