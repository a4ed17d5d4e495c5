import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Log } from '../base/log.ts'
import { ConnectorLink } from '../tunnel/connector-link.ts'
import { ConnectorState } from '../tunnel/connector-state.ts'
import type { Link, LinkHub, Links } from '../tunnel/edge-end.ts'
import { EdgeLink } from '../tunnel/edge-link.ts'
import { defaultLimits, type TunnelLimits } from '../tunnel/limits.ts'
import { LinkGroup } from '../tunnel/link-group.ts'
import { PassingLink, passOn } from '../tunnel/passage.ts'
import type { WorkerChannel } from './worker-channel.ts'

// All that a worker without a link of its own has under way; one that has links passes on nothing.
const limits: TunnelLimits = {
  ...defaultLimits,
  streamsPerLink: 20_000,
  waitingPerConnector: 20_000,
}

export interface PeersOptions {
  readonly dataDir: string
  readonly channel: WorkerChannel
  readonly hub: LinkHub
  readonly log: Log
}

/**
 * The other workers of this edge. Requests for a group that has no link here go to one that has, over the frames of the
 * tunnel, so that nobody has to wait until a connector has found every worker. [N2]
 */
export class Peers implements AsyncDisposable {
  readonly #options: PeersOptions
  readonly #folder: FileHandle
  readonly #server: Server
  readonly #links = new Map<number, EdgeLink>()
  readonly #served = new Set<ConnectorLink>()
  #groupOf: ReadonlyMap<string, string> = new Map()

  private constructor(options: PeersOptions, folder: FileHandle) {
    this.#options = options
    this.#folder = folder
    this.#server = createServer((socket) => this.#serve(socket))
    options.channel.onJoined((worker) => this.#join(worker))
    options.channel.onGone((worker) => this.#leave(worker))
  }

  /** Listens for the other workers, in a folder that nobody else may enter. Rejects with the system's error. */
  static async open(options: PeersOptions): Promise<Peers> {
    const path = join(options.dataDir, 'workers')
    await mkdir(path, { recursive: true, mode: 0o700 })
    const peers = new Peers(options, await open(path))
    const own = peers.#pathOf(options.channel.place.worker)
    await rm(own, { force: true })
    await new Promise<void>((resolve, reject) => {
      peers.#server.once('error', reject)
      peers.#server.listen(own, resolve)
    })
    for (const worker of options.channel.others) peers.#join(worker)
    return peers
  }

  /** Takes over who belongs where: connector id → group id. */
  regroup(groupOf: ReadonlyMap<string, string>): void {
    this.#groupOf = groupOf
  }

  /** The links of this worker first, then those of others. */
  get links(): Links {
    const { hub } = this.#options
    return {
      choose: (groupId, origin, preferred) =>
        hub.choose(groupId, origin, preferred) ?? this.#choose(groupId, preferred),
      mayRetry: () => hub.mayRetry(),
      chooseAgain: (groupId, origin, tried) =>
        hub.chooseAgain(groupId, origin, tried) ?? this.#chooseAgain(groupId, tried),
      seek: (...wish) => hub.seek(...wish),
      serves: (groupId) => hub.serves(groupId) || this.#candidates(groupId).size > 0,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    for (const link of [...this.#links.values(), ...this.#served]) link.close('the edge is closing')
    await this.#folder.close()
  }

  #choose(groupId: string, preferred: Link | undefined): Link | undefined {
    const wish = preferred instanceof PassingLink ? { preferred: preferred.whole } : {}
    const link = this.#candidates(groupId).choose(wish)
    return link && new PassingLink(link, groupId)
  }

  #chooseAgain(groupId: string, tried: Link): Link | undefined {
    const wish = tried instanceof PassingLink ? { tried: tried.whole } : {}
    const link = this.#candidates(groupId).choose(wish)
    return link && new PassingLink(link, groupId)
  }

  /** The workers that hold links to connectors of the group. */
  #candidates(groupId: string): LinkGroup {
    const { channel } = this.#options
    const group = new LinkGroup()
    for (const worker of channel.others) {
      const connectors = channel.connectorsOf(worker)
      const serves = connectors.values().some((id) => this.#groupOf.get(id) === groupId)
      if (serves) group.add(this.#links.get(worker) ?? this.#join(worker))
    }
    return group
  }

  #join(worker: number): EdgeLink {
    const known = this.#links.get(worker)
    if (known) return known
    const socket = dial(this.#pathOf(worker))
    const link = new EdgeLink(
      socket,
      this.#terms(),
      new ConnectorState(`worker ${worker}`),
      limits.streamsPerLink,
    )
    this.#links.set(worker, link)
    void link.closed.then(() => {
      if (this.#links.get(worker) === link) this.#links.delete(worker)
    })
    return link
  }

  #leave(worker: number): void {
    this.#links.get(worker)?.close('that worker is gone')
    this.#links.delete(worker)
  }

  #serve(socket: Socket): void {
    const { hub } = this.#options
    const link = new ConnectorLink(
      socket,
      this.#terms(),
      this.#options.channel.place,
      passOn((groupId, origin) => hub.choose(groupId, origin)),
    )
    this.#served.add(link)
    void link.closed.then(() => this.#served.delete(link))
  }

  #terms() {
    return { limits, peerCreditBytes: limits.initialCreditBytes, log: this.#options.log }
  }

  /** However deep the data folder lies: paths of sockets have 107 characters at most (unix(7)). */
  #pathOf(worker: number): string {
    return `/proc/self/fd/${this.#folder.fd}/${worker}.sock`
  }
}
