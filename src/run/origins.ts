import { defaultPort, type Origin, serializeOrigin } from '../http/origin.ts'

/** The edge's own hosts on its one port; nobody publishes an application there. */
export interface OwnOrigins {
  /** Sign-in and the embedded provider. */
  readonly login: string
  /** The management API. */
  readonly graph: string
  /** The management API again, under a name that resolves everywhere. */
  readonly local: string
  /** What an enrolment token tells a connector to dial. */
  readonly connectors: string
  /** Where administrators work. */
  readonly portal: string
  /** Everybody's applications. */
  readonly myApps: string
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
    portal: at(`portal.${domain}`),
    myApps: at(`myapps.${domain}`),
  }
}

// Browsers know names below `localhost` (RFC 6761 §6.3), resolvers of operating systems often do not.
function defaultConnectorHost(domain: string): string {
  return domain.endsWith('.localhost') ? 'localhost' : `graph.${domain}`
}

/** The hosts of an edge for `domain`, which no application may have. */
export function reservedHosts(domain: string, connectorHost?: string): ReadonlySet<string> {
  const origins = Object.values(ownOrigins(domain, defaultPort.https, connectorHost))
  return new Set(origins.map((origin) => new URL(origin).hostname))
}
