/** What the links of one connector to this edge have in common. */
export class ConnectorState {
  readonly connectorId: string
  /** Live streams. */
  live = 0
  /** Streams that it has not answered yet. */
  waiting = 0
  /** Origins that it does not reach, as far as it has said. */
  readonly failing = new Set<string>()

  constructor(connectorId: string) {
    this.connectorId = connectorId
  }
}
