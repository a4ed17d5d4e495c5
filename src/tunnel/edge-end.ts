import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { Log } from '../base/log.ts'
import { createStrangerLog } from '../base/stranger-log.ts'
import { type Admitted, admit, type ConnectorFacts, type ConnectorRegistry } from './admission.ts'
import { ArrivalLimit } from './arrival-limit.ts'
import { ConnectorState } from './connector-state.ts'
import { EdgeLink } from './edge-link.ts'
import type { AnswerHandler, OutboundStream, TunnelRequest } from './exchange.ts'
import { GuessLimit } from './guess-limit.ts'
import { channelBinding, type EdgePlace } from './handshake.ts'
import { type OriginHealth, type ProbeTarget, probeTargetsMax, writeTargets } from './health.ts'
import { defaultLimits, type TunnelLimits } from './limits.ts'
import { LinkGroup } from './link-group.ts'
import { LinkSeekers } from './link-seekers.ts'
import { RetryBudget } from './retry-budget.ts'

/** What the edge's pipeline sees of a link. */
export interface Link {
  readonly connectorId: string
  /** Live streams. */
  readonly outstanding: number
  /** A place for a request from this address; `full`: there is none for it. See `EdgeLink`. */
  seat?(client: string): (() => void) | 'full' | undefined
  /**
   * Sends a request; `body` is what is there of it, `end` says that this is all. Never throws. Bytes given away are not
   * copied: do not change them afterwards. Body bytes that come with `onAnswer` need no `grant`.
   */
  open(
    request: TunnelRequest,
    body: Uint8Array,
    end: boolean,
    handler: AnswerHandler,
  ): OutboundStream
}

/** Where a request may go on its way to a group of connectors. */
export interface Links {
  /**
   * The best link to the group for a request to `origin`; of the connector that `preferred` leads to, if that takes one
   * more. [K3] [K4]
   */
  choose(groupId: string, origin?: string, preferred?: Link): Link | undefined
  /** Takes leave to send a request again; false when that happens too often. [K3] */
  mayRetry(): boolean
  /** Another link than the one that was tried, of another connector if there is one. [K3] */
  chooseAgain(groupId: string, origin: string, tried: Link): Link | undefined
  /**
   * Tells of another link as soon as there is one, and of undefined when none comes in time (`linkReturnMs`) or this edge
   * is closing: once, and never before this returned. Returns how to wait no longer. [K3]
   */
  seek(groupId: string, origin: string, tried: Link, tell: (link?: Link) => void): () => void
  /** Whether any link to the group is there, free or not. */
  serves(groupId: string): boolean
}

export interface LinkHubOptions extends ConnectorRegistry {
  readonly log: Log
  readonly limits?: Partial<TunnelLimits>
  /** Which process of the edge this is; the only one of an edge of its own if absent. */
  readonly place?: EdgePlace
  /** Counts wrong enrolment tokens; of this process alone if absent. */
  readonly guesses?: GuessLimit
  /** The first link of a connector came up. */
  onConnected?(connectorId: string, facts: ConnectorFacts): void
  /** The last link of a connector is gone. */
  onDisconnected?(connectorId: string): void
}

/** What else there is to know of groups. */
export interface GroupDetails {
  /**
   * Connectors that get no request any more, with the milliseconds in which what lives on their links may finish. They
   * stay connected. [K5]
   */
  readonly outOfService?: ReadonlyMap<string, number>
  /** Group id → what its connectors are to probe. [K4] */
  readonly targets?: ReadonlyMap<string, readonly ProbeTarget[]>
}

/** One connector that holds links. */
export interface Connected {
  readonly connectorId: string
  readonly links: number
  /** Wall-clock milliseconds. */
  readonly since: number
}

interface Presence {
  readonly connector: ConnectorState
  readonly links: Set<EdgeLink>
  /** Wall-clock milliseconds. */
  readonly since: number
  /** Where its latest link came from. */
  externalIp: string
}

/** All links of one edge: takes them in, keeps them by group, chooses one per request. */
export class LinkHub implements Links, AsyncDisposable {
  readonly #options: LinkHubOptions
  readonly #limits: TunnelLimits
  readonly #place: EdgePlace
  readonly #guesses: GuessLimit
  readonly #arrivals: ArrivalLimit
  /** For what anybody can cause who connects. */
  readonly #strangers: Log
  readonly #presences = new Map<string, Presence>()
  #groupOf: ReadonlyMap<string, string> = new Map()
  #outOfService: ReadonlyMap<string, number> = new Map()
  #targets: ReadonlyMap<string, readonly ProbeTarget[]> = new Map()
  #groups = new Map<string, LinkGroup>()
  readonly #retries: RetryBudget
  readonly #seekers: LinkSeekers<Link>
  #pending = 0
  #draining = false

  constructor(options: LinkHubOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
    this.#retries = new RetryBudget(this.#limits.waitingPerConnector)
    this.#seekers = new LinkSeekers(this.#limits.linkReturnMs)
    this.#guesses = options.guesses ?? new GuessLimit()
    this.#arrivals = new ArrivalLimit(this.#limits.linksPerMinute)
    this.#strangers = createStrangerLog(options.log)
    this.#place = options.place ?? { edgeId: randomUUID(), worker: 0, workers: 1 }
  }

  /**
   * Takes a connection that chose the tunnel's ALPN name. Never throws; bad ones are refused, logged and closed.
   * `externalIp` is for connections that come inside others.
   */
  accept(socket: TLSSocket, externalIp: string = socket.remoteAddress ?? ''): void {
    try {
      socket.setNoDelay(true)
      this.adopt(socket, channelBinding(socket), externalIp)
    } catch (thrown) {
      this.#strangers.warn({ error: thrown }, 'tunnel: a connection that cannot be used')
      socket.on('error', ignore)
      socket.destroy()
    }
  }

  /** Like `accept` for any byte stream; the caller vouches that `binding` is this stream's alone. */
  adopt(socket: Duplex, binding: Buffer, externalIp: string): void {
    // From here to the end of the socket: an error event without a listener would end the process.
    socket.on('error', ignore)
    if (this.#draining || this.#pending >= this.#limits.handshakesPending) {
      socket.destroy()
      return
    }
    this.#pending++
    const admission = admit(socket, {
      binding,
      externalIp,
      limits: this.#limits,
      registry: this.#options,
      place: this.#place,
      guesses: this.#guesses,
      log: this.#strangers,
    })
    void admission
      .then((admitted) => admitted && this.#join(socket, admitted))
      .catch((error: unknown) => {
        this.#options.log.error({ error }, 'tunnel: admission failed')
        socket.destroy()
      })
      .finally(() => {
        this.#pending--
      })
  }

  /**
   * Takes over who belongs where: connector id → group id. A connector that is missing is disconnected (revoked); its
   * live streams end with it. [S9]
   */
  regroup(groupOf: ReadonlyMap<string, string>, details: GroupDetails = {}): void {
    const before = this.#outOfService
    const { outOfService = new Map<string, number>(), targets = new Map() } = details
    this.#groupOf = groupOf
    this.#outOfService = outOfService
    this.#targets = targets
    for (const [connectorId, { links }] of this.#presences) {
      const graceMs = outOfService.get(connectorId)
      for (const link of [...links]) {
        if (!groupOf.has(connectorId)) {
          link.refuse('revoked', 'this connector is no longer registered')
        } else if (graceMs !== undefined && !before.has(connectorId)) void link.drain(graceMs)
      }
    }
    this.#groups = new Map()
    for (const link of this.#links()) this.#addToGroup(link)
    for (const presence of this.#presences.values()) this.#retarget(presence)
    this.#seekers.look()
  }

  /** What a connector said about the origins of its group; empty when it is not connected. [K4] */
  healthOf(connectorId: string): readonly OriginHealth[] {
    return this.#presences.get(connectorId)?.connector.health ?? []
  }

  /** Requests and WebSockets on the links of a connector. */
  streamsOf(connectorId: string): number {
    return this.#presences.get(connectorId)?.connector.live ?? 0
  }

  choose(groupId: string, origin?: string, preferred?: Link): Link | undefined {
    this.#retries.earn()
    return this.#groups.get(groupId)?.choose({
      ...(origin !== undefined && { origin }),
      ...(preferred instanceof EdgeLink && { preferred }),
    })
  }

  chooseAgain(groupId: string, origin: string, tried: Link): Link | undefined {
    return this.#groups
      .get(groupId)
      ?.choose({ origin, ...(tried instanceof EdgeLink && { tried }) })
  }

  mayRetry(): boolean {
    return this.#retries.spend()
  }

  seek(groupId: string, origin: string, tried: Link, tell: (link?: Link) => void): () => void {
    return this.#seekers.add(() => this.chooseAgain(groupId, origin, tried), tell)
  }

  serves(groupId: string): boolean {
    return (this.#groups.get(groupId)?.size ?? 0) > 0
  }

  get connected(): readonly Connected[] {
    return [...this.#presences].map(([connectorId, { links, since }]) => ({
      connectorId,
      links: links.size,
      since,
    }))
  }

  /** Opens no more streams, lets the live ones finish, closes every link; after `deadlineMs` closes anyway. [K5] */
  async drain(deadlineMs: number = this.#limits.drainMs): Promise<void> {
    this.#draining = true
    this.#seekers.close()
    await Promise.all(this.#links().map((link) => link.drain(deadlineMs)))
  }

  /** Closes every link at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#draining = true
    this.#seekers.close()
    for (const link of this.#links()) link.close('the edge is closing')
    await Promise.all(this.#links().map((link) => link.closed))
  }

  #links(): EdgeLink[] {
    return [...this.#presences.values()].flatMap(({ links }) => [...links])
  }

  #join(socket: Duplex, admitted: Admitted): void {
    const { connectorId, hello, facts } = admitted
    const presence = this.#presences.get(connectorId) ?? {
      connector: new ConnectorState(connectorId),
      links: new Set(),
      since: Date.now(),
      externalIp: facts.externalIp,
    }
    const terms = {
      limits: this.#limits,
      peerCreditBytes: hello.creditBytes,
      log: this.#options.log,
    }
    const link = new EdgeLink(socket, terms, presence.connector, hello.streams)
    if (this.#comesTooOften(connectorId)) {
      link.refuse('too-many-links', 'this connector comes and goes too often; wait a minute')
      return
    }
    if (this.#draining || presence.links.size >= this.#limits.linksPerConnector) {
      link.refuse('too-many-links', 'this edge takes no further link of this connector')
      return
    }
    this.#watchAddress(presence, facts)
    presence.links.add(link)
    this.#presences.set(connectorId, presence)
    this.#addToGroup(link)
    link.onHealth = (health) => this.#noteHealth(presence, health)
    this.#retarget(presence)
    void link.closed.then((end) => {
      this.#options.log.info(
        { connectorId, externalIp: facts.externalIp, ...end },
        'tunnel: link ended',
      )
      this.#leave(link, presence)
    })
    this.#options.log.info({ connectorId, ...facts }, 'tunnel: link is up')
    if (presence.links.size === 1) this.#options.onConnected?.(connectorId, facts)
    this.#seekers.look()
  }

  #comesTooOften(connectorId: string): boolean {
    const excess = this.#arrivals.take(connectorId, performance.now())
    if (excess === 1) {
      this.#options.log.warn(
        { connectorId },
        'tunnel: a connector comes and goes too often, and is refused for the rest of the minute',
      )
    }
    return excess > 0
  }

  #leave(link: EdgeLink, presence: Presence): void {
    presence.links.delete(link)
    const groupId = this.#groupOf.get(link.connectorId)
    if (groupId !== undefined) this.#groups.get(groupId)?.remove(link)
    if (presence.links.size > 0) return
    this.#presences.delete(link.connectorId)
    this.#options.onDisconnected?.(link.connectorId)
  }

  #addToGroup(link: EdgeLink): void {
    const groupId = this.#groupOf.get(link.connectorId)
    if (groupId === undefined || this.#outOfService.has(link.connectorId)) return
    const group = this.#groups.get(groupId) ?? new LinkGroup()
    group.add(link)
    this.#groups.set(groupId, group)
  }

  #retarget({ connector, links }: Presence): void {
    const groupId = this.#groupOf.get(connector.connectorId)
    const targets = groupId === undefined ? undefined : this.#targets.get(groupId)
    const told = (targets ?? []).slice(0, probeTargetsMax)
    connector.retarget(told)
    const payload = writeTargets(told)
    for (const link of links) link.tellTargets(payload)
  }

  #noteHealth({ connector }: Presence, report: readonly OriginHealth[]): void {
    const { connectorId } = connector
    for (const health of connector.note(report, performance.now())) {
      const fields = { connectorId, ...health }
      if (health.code === 'ok') this.#options.log.info(fields, 'connector reaches the origin')
      else this.#options.log.warn(fields, 'connector does not reach the origin')
    }
  }

  /** A copied key looks like this, and so does a connector with two ways out. */
  #watchAddress(presence: Presence, { externalIp }: ConnectorFacts): void {
    const before = presence.externalIp
    if (before !== externalIp) {
      const { connectorId } = presence.connector
      this.#options.log.warn(
        { connectorId, externalIp, before },
        'tunnel: a connector holds links from two addresses',
      )
    }
    presence.externalIp = externalIp
  }
}

function ignore(): void {}
