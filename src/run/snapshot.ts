import { setImmediate } from 'node:timers/promises'
import { systemClock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { doInSlices } from '../base/slices.ts'
import type { Directory, DirectoryState } from '../directory/directory.ts'
import type { Edge, Snapshot } from '../edge/edge.ts'
import { endClosedStreams } from '../edge/endless-streams.ts'
import { LiveStreams } from '../edge/live-streams.ts'
import type { Access } from '../policy/access.ts'
import { compileConditionalAccess } from '../policy/compile.ts'
import type { Application } from '../publishing/application.ts'
import { internalOrigins } from '../publishing/internal-origins.ts'
import { compileRoutes, prepareRoutes } from '../publishing/route-table.ts'
import type { Certificates } from './certificates.ts'
import type { Tunnels } from './tunnels.ts'

// A database that is locked or out of reach for a while tells nobody when it is back.
const retryMs = 1_000

/** Keeps the edge's snapshot, the hub's groups and the certificates in step with the directory. */
export interface Snapshots {
  readonly current: Snapshot
  /** What it was compiled from, and when: epoch milliseconds. */
  readonly state: DirectoryState
  readonly compiledAt: number
  /** Versions that could not be compiled. */
  readonly failures: number
  /** Called with the current snapshot, and with every new one. */
  follow(listener: (snapshot: Snapshot) => void): void
  /** The edge that gets every new snapshot. */
  attach(edge: Omit<Edge, 'snapshot' | 'endless'>): Edge
  /** Called with the providers there are, now and after every change. There is one listener. */
  onProviders(listener: (providers: DirectoryState['identityProviders']) => void): void
  /** Resolves when what was committed here before is in force. */
  settled(): Promise<void>
}

/** Compiles the directory's state now and after every change; a state that does not compile leaves the last one. */
export async function keepSnapshot(
  directory: Directory,
  tunnels: Tunnels,
  certificates: Certificates,
  log: Log,
  builtIn: readonly Application[] = [],
): Promise<Snapshots> {
  const sources = { directory, tunnels, certificates, builtIn }
  let { state, snapshot: current } = await compile(sources, undefined)
  let compiledAt = systemClock()
  let failures = 0
  let edge: Edge | undefined
  let refreshing: Promise<void> | undefined
  let again = false
  let tellProviders: (providers: DirectoryState['identityProviders']) => void = () => {}
  const listeners = new Set<(snapshot: Snapshot) => void>()

  // One at a time; changes that come meanwhile are seen by one more round.
  function refresh(): void {
    again = true
    refreshing ??= refreshAll().finally(() => {
      refreshing = undefined
      if (again) refresh()
    })
  }

  async function refreshAll(): Promise<void> {
    while (again) {
      again = false
      try {
        const before = { state, snapshot: current }
        const compiled = await compile(sources, before)
        state = compiled.state
        current = compiled.snapshot
        compiledAt = systemClock()
        if (edge) exchange(edge, current)
        tellProviders(state.identityProviders)
        for (const listener of listeners) listener(current)
      } catch (error) {
        failures++
        log.error({ error }, 'the directory could not be compiled; the last version stays for now')
        setTimeout(refresh, retryMs).unref()
      }
    }
  }

  directory.onChange(refresh)

  return {
    get current() {
      return current
    },
    get state() {
      return state
    },
    get compiledAt() {
      return compiledAt
    },
    get failures() {
      return failures
    },
    follow(listener) {
      listeners.add(listener)
      listener(current)
    },
    attach(parts) {
      edge = { ...parts, endless: new LiveStreams(), snapshot: current }
      return edge
    },
    onProviders(listener) {
      tellProviders = listener
      listener(state.identityProviders)
    },
    settled: async () => refreshing,
  }
}

function exchange(edge: Edge, snapshot: Snapshot): void {
  edge.snapshot = snapshot
  endClosedStreams(edge)
}

interface Compiled {
  readonly state: DirectoryState
  readonly snapshot: Snapshot
}

/** The same as before when nothing of it has changed: every verdict on a session still holds. [S8] */
function conditionalAccessOf(
  { policies, applications }: DirectoryState,
  builtIn: readonly Application[],
  before?: Compiled,
) {
  const isSame = before?.state.policies === policies && before.state.applications === applications
  return isSame
    ? before.snapshot.conditionalAccess
    : compileConditionalAccess(policies, [...builtIn, ...applications])
}

interface Sources {
  readonly directory: Directory
  readonly tunnels: Tunnels
  readonly certificates: Certificates
  /** Applications of the edge itself, which are in no directory. [G5] */
  readonly builtIn: readonly Application[]
}

async function compile(
  { directory, tunnels, certificates, builtIn }: Sources,
  before: Compiled | undefined,
): Promise<Compiled> {
  const state = await directory.state()
  // The snapshot of before serves until all of this is ready.
  await doInSlices(state.applications, prepareRoutes)
  const routes = compileRoutes([...builtIn, ...state.applications], directory.limits.reservedHosts)
  // With a hundred thousand segments either half of what is left takes a fifth of a second.
  await setImmediate()
  tunnels.regroup(state.connectorGroups, {
    outOfService: state.drainedConnectors,
    targets: internalOrigins(state.applications, state.defaultGroupId),
  })
  certificates.apply(state, routes)
  const snapshot = {
    version: state.version,
    routes,
    access: openBuiltIn(state.access, builtIn),
    memberships: state.memberships,
    principals: principalsOf(state),
    conditionalAccess: conditionalAccessOf(state, builtIn, before),
    defaultGroupId: state.defaultGroupId,
    tokenLifetimes: state.tokenLifetimes,
  }
  return { state, snapshot }
}

/** Whoever can sign in may enter them. */
function openBuiltIn(access: Access, builtIn: readonly Application[]): Access {
  const openToAll = new Set(access.openToAll)
  for (const { id } of builtIn) openToAll.add(id)
  return { ...access, openToAll }
}

function principalsOf({ applications }: DirectoryState): Snapshot['principals'] {
  const enabled = applications.filter(({ registration }) => registration.enabled)
  return new Map(enabled.map(({ appId, servicePrincipalId }) => [appId, servicePrincipalId]))
}
