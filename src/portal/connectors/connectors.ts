import type { Change } from '../api/client.ts'
import { collection, resource } from '../api/queries.ts'
import type { Connector, ConnectorGroup } from '../api/types.ts'

const profile = '/onPremisesPublishingProfiles/applicationProxy'
export const connectorsPath = `${profile}/connectors`
export const groupsPath = `${profile}/connectorGroups`

// They connect and leave by themselves, so that who looks at them sees it.
const refreshMs = 5_000

/** All connectors, kept up to date. */
export function connectorList() {
  return { ...collection<Connector>(connectorsPath), refetchInterval: refreshMs }
}

/** One connector, kept up to date. */
export function connectorOf(id: string) {
  return { ...resource<Connector>(`${connectorsPath}/${id}`), refetchInterval: refreshMs }
}

/** All connector groups. */
export function groupList() {
  return collection<ConnectorGroup>(groupsPath)
}

/** Whether a connector reaches an origin of its group. */
export interface OriginHealth {
  readonly origin: string
  readonly isReached: boolean
  readonly reason: string | null
  readonly connectTimeInMilliseconds: number
}

/** What a connector reaches, kept up to date. */
export function originHealth(id: string) {
  return {
    ...collection<OriginHealth>(`${connectorsPath}/${id}/originHealth`),
    refetchInterval: refreshMs,
  }
}

/** How a connector fares: the administrator's decision first. */
export type ConnectorState = 'connected' | 'drained' | 'away' | 'never'

/** Whether it takes requests, and if not, why. */
export function stateOf(connector: Connector): ConnectorState {
  if (connector.isDrained) return 'drained'
  if (connector.status === 'active') return 'connected'
  return connector.lastSeenDateTime === null ? 'never' : 'away'
}

/** The call that takes a connector out of service, or back in. */
export function drainChange({ id, machineName, isDrained }: Connector): Change {
  const path = `${connectorsPath}/${id}/${isDrained ? 'resume' : 'drain'}`
  if (isDrained) return { method: 'POST', path, summary: `${machineName} is back in service` }
  return { method: 'POST', path, body: {}, summary: `${machineName} is out of service` }
}

/** The call that moves a connector to another group. */
export function moveChange({ id, machineName }: Connector, group: ConnectorGroup): Change {
  return {
    method: 'POST',
    path: `${connectorsPath}/${id}/memberOf/$ref`,
    body: { '@odata.id': `${groupsPath}/${group.id}` },
    summary: `Moved ${machineName} to ${group.name}`,
  }
}
