import type { KeyObject } from 'node:crypto'
import type { EdgePlace } from '../tunnel/handshake.ts'
import type { AgentOptions } from './agent-options.ts'
import { isPlaceWanted, linksNeeded } from './coverage.ts'
import { type EdgeLinks, LinkKeeper } from './link-keeper.ts'

/** Keeps the links to one address: as many as were asked for, and at least one to every worker behind it. [N2] */
export class EdgeKeeper implements EdgeLinks {
  readonly edge: string
  readonly #options: AgentOptions
  readonly #privateKey: KeyObject
  readonly #keepers = new Map<number, LinkKeeper>()
  readonly #running = new Set<Promise<void>>()

  constructor(options: AgentOptions, privateKey: KeyObject, edge: string) {
    this.#options = options
    this.#privateKey = privateKey
    this.edge = edge
  }

  /** Resolves when the agent was told to end and every link is closed. Never rejects. */
  async run(): Promise<void> {
    this.fit()
    while (this.#running.size > 0) await Promise.race(this.#running)
  }

  needs(link: number): boolean {
    return link < this.#needed(this.#placesBut())
  }

  accepts(place: EdgePlace, keeper: LinkKeeper): boolean {
    const others = this.#placesBut(keeper)
    const linksToCome = this.#needed([...others, place]) - others.length - 1
    return isPlaceWanted(place, others, linksToCome)
  }

  fit(): void {
    const needed = this.#needed(this.#placesBut())
    for (let link = 0; link < needed; link++) if (!this.#keepers.has(link)) this.#start(link)
  }

  #start(link: number): void {
    const keeper = new LinkKeeper(this.#options, this.#privateKey, this, link)
    this.#keepers.set(link, keeper)
    const running = keeper.run().finally(() => {
      this.#keepers.delete(link)
      this.#running.delete(running)
    })
    this.#running.add(running)
  }

  #needed(places: readonly EdgePlace[]): number {
    return linksNeeded(this.#options.linksPerEdge ?? defaultLinksPerEdge, places)
  }

  #placesBut(keeper?: LinkKeeper): EdgePlace[] {
    const places: EdgePlace[] = []
    for (const other of this.#keepers.values()) {
      if (other !== keeper && other.place) places.push(other.place)
    }
    return places
  }
}

/** So that one lost packet does not hold up everything. */
const defaultLinksPerEdge = 2
