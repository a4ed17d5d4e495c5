import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { Log } from '../base/log.ts'
import { type Admitted, admit, type ConnectorFacts, type ConnectorRegistry } from './admission.ts'
import { EdgeLink } from './edge-link.ts'
import type { AnswerHandler, OutboundStream, TunnelRequest } from './exchange.ts'
import { channelBinding, type EdgePlace } from './handshake.ts'
import { defaultLimits, type TunnelLimits } from './limits.ts'

/** What the edge's pipeline sees of a link. */
export interface Link {
  readonly connectorId: string
  /** Live streams. */
  readonly outstanding: number
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

export interface LinkHubOptions extends ConnectorRegistry {
  readonly log: Log
  readonly limits?: Partial<TunnelLimits>
  /** Which process of the edge this is; the only one of an edge of its own if absent. */
  readonly place?: EdgePlace
  /** The first link of a connector came up. */
  onConnected?(connectorId: string, facts: ConnectorFacts): void
  /** The last link of a connector is gone. */
  onDisconnected?(connectorId: string): void
}

/** One connector that holds links. */
export interface Connected {
  readonly connectorId: string
  readonly links: number
  /** Wall-clock milliseconds. */
  readonly since: number
}

interface Presence {
  readonly links: Set<EdgeLink>
  readonly since: number
}

/** All links of one edge: takes them in, keeps them by group, chooses one per request. */
export class LinkHub implements AsyncDisposable {
  readonly #options: LinkHubOptions
  readonly #limits: TunnelLimits
  readonly #place: EdgePlace
  readonly #presences = new Map<string, Presence>()
  #groupOf: ReadonlyMap<string, string> = new Map()
  #groups = new Map<string, EdgeLink[]>()
  #turn = 0
  #pending = 0
  #draining = false

  constructor(options: LinkHubOptions) {
    this.#options = options
    this.#limits = { ...defaultLimits, ...options.limits }
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
      this.#options.log.warn({ err: thrown }, 'tunnel: a connection that cannot be used')
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
      log: this.#options.log,
    })
    void admission
      .then((admitted) => admitted && this.#join(socket, admitted))
      .catch((error: unknown) => {
        this.#options.log.error({ err: error }, 'tunnel: admission failed')
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
  regroup(groupOf: ReadonlyMap<string, string>): void {
    this.#groupOf = groupOf
    for (const [connectorId, { links }] of this.#presences) {
      if (groupOf.has(connectorId)) continue
      for (const link of [...links])
        link.refuse('revoked', 'this connector is no longer registered')
    }
    this.#groups = new Map()
    for (const { links } of this.#presences.values()) {
      for (const link of links) this.#addToGroup(link)
    }
  }

  /** The link of the group with the least live streams that takes one more, none of `except`. [K3] */
  choose(groupId: string, except?: ReadonlySet<Link>): Link | undefined {
    const links = this.#groups.get(groupId)
    if (!links) return undefined
    // Each choice starts one further on, so that equally idle links share the load.
    const start = this.#turn++ % links.length
    let best: EdgeLink | undefined
    for (let i = 0; i < links.length; i++) {
      const link = links[(start + i) % links.length] as EdgeLink
      if (best && link.outstanding >= best.outstanding) continue
      if (link.available && !except?.has(link)) best = link
    }
    return best
  }

  /** Whether any link of the group is there, free or not. */
  serves(groupId: string): boolean {
    return (this.#groups.get(groupId)?.length ?? 0) > 0
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
    await Promise.all(this.#links().map((link) => link.drain(deadlineMs)))
  }

  /** Closes every link at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#draining = true
    for (const link of this.#links()) link.close('the edge is closing')
    await Promise.all(this.#links().map((link) => link.closed))
  }

  #links(): EdgeLink[] {
    return [...this.#presences.values()].flatMap(({ links }) => [...links])
  }

  #join(socket: Duplex, admitted: Admitted): void {
    const { connectorId, hello, facts } = admitted
    const presence = this.#presences.get(connectorId) ?? { links: new Set(), since: Date.now() }
    const terms = {
      limits: this.#limits,
      peerCreditBytes: hello.creditBytes,
      log: this.#options.log,
    }
    const link = new EdgeLink(socket, terms, connectorId, hello.streams)
    if (this.#draining || presence.links.size >= this.#limits.linksPerConnector) {
      link.refuse('too-many-links', 'this edge takes no further link of this connector')
      return
    }
    presence.links.add(link)
    this.#presences.set(connectorId, presence)
    this.#addToGroup(link)
    void link.closed.then((end) => {
      this.#options.log.info(
        { connectorId, externalIp: facts.externalIp, ...end },
        'tunnel: link ended',
      )
      this.#leave(link, presence)
    })
    this.#options.log.info({ connectorId, ...facts }, 'tunnel: link is up')
    if (presence.links.size === 1) this.#options.onConnected?.(connectorId, facts)
  }

  #leave(link: EdgeLink, presence: Presence): void {
    presence.links.delete(link)
    const groupId = this.#groupOf.get(link.connectorId)
    const group = groupId === undefined ? undefined : this.#groups.get(groupId)
    const at = group?.indexOf(link) ?? -1
    if (at >= 0) group?.splice(at, 1)
    if (presence.links.size > 0) return
    this.#presences.delete(link.connectorId)
    this.#options.onDisconnected?.(link.connectorId)
  }

  #addToGroup(link: EdgeLink): void {
    const groupId = this.#groupOf.get(link.connectorId)
    if (groupId === undefined) return
    const links = this.#groups.get(groupId)
    if (links) links.push(link)
    else this.#groups.set(groupId, [link])
  }
}

function ignore(): void {}
