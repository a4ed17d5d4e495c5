import { listMyPossessions } from '../me.ts'
import * as owners from '../owners.ts'
import { directoryObject } from '../resource/objects.ts'
import {
  application,
  apps,
  directory,
  type Facts,
  get,
  objects,
  owned,
  post,
  principal,
  type Route,
  remove,
} from '../route.ts'
import { referenceBody } from '../shape/reference.ts'

const casts = [
  ['all', ''],
  ['user', '/microsoft.graph.user'],
  ['group', '/microsoft.graph.group'],
  ['application', '/microsoft.graph.application'],
  ['servicePrincipal', '/microsoft.graph.servicePrincipal'],
] as const
type Kind = (typeof casts)[number][0]

/** Who looks after what. */
export const ownerRoutes: readonly Route[] = [
  ...ownersAt(application, owners.ofApplication, { ...apps, ...owned }),
  ...ownersAt(principal, owners.ofPrincipal, { ...apps, ...owned }),
  ...ownersAt('/groups/:group', owners.ofGroup, { area: 'group' }),
  ...possessionsAt('/me', listMyPossessions, { area: 'self' }),
  // They tell of applications and groups at once.
  ...possessionsAt('/users/:user', owners.listPossessionsOfUser, directory),
  ...possessionsAt(principal, owners.listPossessionsOfProgram, directory),
]

function ownersAt(place: string, of: typeof owners.ofApplication, facts: Facts): Route[] {
  const path = `${place}/owners`
  const isOwner = (kind: Kind) => kind !== 'application' && kind !== 'group'
  return [
    ...casts
      .filter(([kind]) => isOwner(kind))
      .map(([kind, cast]) =>
        get(`${path}${cast}`, of.list(kind), { ...facts, ...objects }, directoryObject),
      ),
    post(`${path}/$ref`, of.add, facts, { body: referenceBody }),
    remove(`${path}/:owner/$ref`, of.remove, facts),
  ]
}

function possessionsAt(
  place: string,
  list: typeof owners.listPossessionsOfUser,
  facts: Facts,
): Route[] {
  return casts
    .filter(([kind]) => kind !== 'user')
    .map(([kind, cast]) =>
      get(`${place}/ownedObjects${cast}`, list(kind), { ...facts, ...objects }, directoryObject),
    )
}
