import type { Application } from '../publishing/application.ts'
import { type Call, linkOf, permitted } from './call.ts'
import { type Expand, type Expansions, toMany, toOne } from './expand.ts'
import { expandOwners } from './owner-lists.ts'
import { connectorGroupCollection } from './shape/connector.ts'
import { tokenLifetimePolicyCollection } from './shape/token-lifetime.ts'

/** What `$expand` may name at an application; its connector group under `/beta` only, as everything about connectors. */
export function partsOfApplication(call: Call): Expansions<Application> {
  return {
    owners: expandOwners(call),
    tokenLifetimePolicies: expandLifetimes(call, 'applications'),
    ...(call.version === 'beta' && { connectorGroup: expandConnectorGroup(call) }),
  }
}

function expandConnectorGroup({ directory }: Call): Expand<Application> {
  return toOne(connectorGroupCollection, async ({ connectorGroupId }) =>
    (await directory.connectorGroups()).find(({ id, isDefault }) =>
      connectorGroupId === undefined ? isDefault : id === connectorGroupId,
    ),
  )
}

/** `tokenLifetimePolicies` of applications or of their service principals in an `$expand`. */
export function expandLifetimes(
  call: Call,
  collection: 'applications' | 'servicePrincipals',
): Expand<Application> {
  const expand = toMany(
    tokenLifetimePolicyCollection,
    async ({ id }: Application) => {
      const policy = await call.directory.tokenLifetimePolicyOf(id)
      return policy ? [policy] : []
    },
    ({ id, servicePrincipalId }) => {
      const owner = collection === 'applications' ? id : servicePrincipalId
      return linkOf(call, `${collection}/${owner}/tokenLifetimePolicies`)
    },
  )
  return permitted(call, 'lifetime', expand)
}
