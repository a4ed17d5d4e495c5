import { fileURLToPath } from 'node:url'
import type { Directory } from '../directory/directory.ts'
import type { Sites } from '../edge/site.ts'
import { bodyMaxBytesOf } from '../graph/held-body.ts'
import { permissionsOfRoles } from '../graph/permissions.ts'
import type { Session } from '../identity/session.ts'
import type { Application } from '../publishing/application.ts'
import { myApps, portal, publishBuiltIn } from '../publishing/built-in.ts'
import { createMyApps } from '../sites/my-apps.ts'
import { ownApps } from '../sites/own-apps.ts'
import { createPortal, entryPath } from '../sites/portal.ts'
import { StaticFiles } from '../sites/static-files.ts'
import type { Links } from '../tunnel/edge-end.ts'
import type { Management } from './management.ts'
import type { OwnOrigins } from './origins.ts'

const portalFolder = fileURLToPath(new URL('../../dist/portal', import.meta.url))

/** The applications whose answers the edge gives itself, for the route table. */
export function publishSites(origins: OwnOrigins): readonly Application[] {
  return [publishBuiltIn(portal, origins.portal), publishBuiltIn(myApps, origins.myApps)]
}

/** Their answers. [G5] */
export function createSites({
  directory,
  management,
  origins,
  links,
}: {
  readonly directory: Directory
  readonly management: Management
  readonly origins: OwnOrigins
  readonly links: Pick<Links, 'serves'>
}): Sites {
  const callApi = management.callAt(`${origins.portal}/api`)
  // What somebody may do is looked up with each call: roles are given and taken while people are signed in.
  const permissionsOf = async (personId: string) =>
    permissionsOfRoles(await directory.rolesOf(personId))
  const administers = async (personId: string) => (await permissionsOf(personId)).length > 0
  const portalSite = createPortal({
    origin: origins.portal,
    myAppsUrl: `${origins.myApps}/`,
    files: new StaticFiles(portalFolder, entryPath),
    buildCommand: 'npm run portal',
    bodyMaxBytesOf,
    administers,
    callApi: (request, { personId, userPrincipalName: name }: Session, note) => {
      const findCaller = async () => {
        const roles = await permissionsOf(personId)
        return { name, personId, ownerId: personId, roles }
      }
      return callApi(findCaller, request, note)
    },
  })
  const myAppsSite = createMyApps({
    appsOf: async (personId, query) =>
      ownApps(await directory.state(), personId, query, (groupId) => links.serves(groupId)),
    administers,
    portalUrl: `${origins.portal}/`,
    accountUrl: `${origins.login}/account`,
  })
  return new Map([
    [portal.id, portalSite],
    [myApps.id, myAppsSite],
  ])
}
