/** One thing that was looked at on a connector's machine, as the doctor of connectors tells it. */
export interface ConnectorCheck {
  /** Stable: scripts may branch on it. */
  readonly id:
    | (
        | 'identity'
        | 'edge-way'
        | 'edge-name'
        | 'edge-tcp'
        | 'edge-proxy'
        | 'edge-tls'
        | 'edge-clock'
      )
    | ('edge-large-writes' | 'edge-websocket' | 'edge-tunnel' | 'edge-links' | 'origins' | 'origin')
  /** What was looked at: an edge's `host:port`, an origin, a folder. */
  readonly subject: string
  readonly verdict: 'passed' | 'warned' | 'failed' | 'skipped'
  /** One sentence. */
  readonly message: string
  /** What to do, in a sentence or a command. */
  readonly fix?: string | undefined
  readonly tookMs?: number | undefined
}
