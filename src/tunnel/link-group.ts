import type { EdgeLink } from './edge-link.ts'

/** More than one link ever has: among the links of a connector the idlest is taken. */
const streamsMax = 65_536

/** Of a large group so many are compared: the best of 64 is nearly the best of 2,000, and costs a microsecond. */
const comparedMax = 64

// More than any connector has streams, so that each mark outweighs all load, and each one those before it.
const quietMark = 1e6
const failingMark = 2e6
const sameConnectorMark = 4e6
const preferredMark = 8e6

/** What a choice is for. */
export interface Wish {
  /** Scheme, host and port that the request goes to: connectors that do not reach it come last. */
  readonly origin?: string
  /** The link that was tried before: never again, and its connector last. */
  readonly tried?: EdgeLink
  /** The connector that holds something for this client. */
  readonly preferred?: EdgeLink
}

/** The links of all connectors of one group. */
export class LinkGroup {
  readonly #links: EdgeLink[] = []
  #turn = 0

  get size(): number {
    return this.#links.length
  }

  add(link: EdgeLink): void {
    this.#links.push(link)
  }

  remove(link: EdgeLink): void {
    const at = this.#links.indexOf(link)
    if (at >= 0) this.#links.splice(at, 1)
  }

  /** A link that takes one more, of the connector with the least live streams; any is better than none. [K3] [K4] */
  choose({ origin, tried, preferred }: Wish): EdgeLink | undefined {
    const links = this.#links
    // Each choice starts one further on, so that equally idle links share the load.
    const start = this.#turn++ % links.length
    let best: EdgeLink | undefined
    let bestCost = Number.POSITIVE_INFINITY
    for (let i = 0; i < links.length; i++) {
      if (i >= comparedMax && bestCost < quietMark) break
      const link = links[(start + i) % links.length] as EdgeLink
      if (!link.available || link === tried) continue
      let cost = link.connector.live + link.outstanding / streamsMax
      if (link.quiet) cost += quietMark
      if (origin !== undefined && link.connector.failing.has(origin)) cost += failingMark
      if (link.connector === tried?.connector) cost += sameConnectorMark
      if (link.connector === preferred?.connector) cost -= preferredMark
      if (cost >= bestCost) continue
      best = link
      bestCost = cost
    }
    return best
  }
}
