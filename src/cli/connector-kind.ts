import type { Api } from './api.ts'
import { type Kind, pathOf, resolve } from './kind.ts'
import type { Resource } from './resource.ts'

/** Everything about connectors stands below the one profile. */
export const profilePath = '/onPremisesPublishingProfiles/applicationProxy'

export const connectorKind: Kind = {
  noun: 'connector',
  path: `${profilePath}/connectors`,
  nameProperty: 'machineName',
  listCommand: 'connectors list',
}

export const connectorGroupKind: Kind = {
  noun: 'connector group',
  path: `${profilePath}/connectorGroups`,
  nameProperty: 'name',
  listCommand: 'connector-groups list',
}

/** Gives an application to the connectors of a group. */
export async function moveToGroup(api: Api, appId: string, word: string): Promise<Resource> {
  const group = await resolve(api, connectorGroupKind, word)
  const reference = await referTo(api, connectorGroupKind, group)
  await api.change('PUT', `/applications/${appId}/connectorGroup/$ref`, reference)
  return group
}

/** A reference to a resource, as OData writes it. */
export async function referTo(api: Api, kind: Kind, resource: Resource): Promise<Resource> {
  const { server } = await api.connection()
  return { '@odata.id': `${server}/beta${pathOf(kind, resource)}` }
}
