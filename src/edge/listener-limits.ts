/** What the edge takes of connections, before anybody has said anything on them. */
export interface ListenerLimits {
  /** From a connection to the end of its TLS handshake; closed after that. */
  readonly handshakeMs: number
  /** Connections of one process at once, browsers and connectors together; one more is closed at once. */
  readonly connections: number
}

export const listenerLimits: ListenerLimits = {
  // R8. A handshake takes two round trips; on the slowest of networks that is two seconds.
  handshakeMs: 10_000,
  // Envoy's edge guide: 50,000. At 40 KiB for an idle WebSocket that is 2 GiB.
  connections: 50_000,
}
