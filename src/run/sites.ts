import { fileURLToPath } from 'node:url'
import type { Directory } from '../directory/directory.ts'
import type { Sites } from '../edge/site.ts'
import { maxBodyBytes } from '../graph/json.ts'
import { permissionsOfRoles } from '../graph/permissions.ts'
import type { Session } from '../identity/session.ts'
import type { Application } from '../publishing/application.ts'
import { portal, publishBuiltIn } from '../publishing/built-in.ts'
import { createPortal, entryPath } from '../sites/portal.ts'
import { StaticFiles } from '../sites/static-files.ts'
import type { Management } from './management.ts'
import type { OwnOrigins } from './origins.ts'

const portalFolder = fileURLToPath(new URL('../../dist/portal', import.meta.url))

/** The applications whose answers the edge gives itself, for the route table. */
export function publishSites(origins: OwnOrigins): readonly Application[] {
  return [publishBuiltIn(portal, origins.portal)]
}

/** Their answers. [G5] */
export function createSites({
  directory,
  management,
  origins,
}: {
  readonly directory: Directory
  readonly management: Management
  readonly origins: OwnOrigins
}): Sites {
  const callApi = management.callAt(`${origins.portal}/api`)
  // What somebody may do is looked up with each call: roles are given and taken while people are signed in.
  const permissionsOf = async (personId: string) =>
    permissionsOfRoles(await directory.rolesOf(personId))
  const site = createPortal({
    origin: origins.portal,
    myAppsUrl: `${origins.myApps}/`,
    files: new StaticFiles(portalFolder, entryPath),
    buildCommand: 'npm run portal',
    maxBodyBytes,
    administers: async (personId) => (await permissionsOf(personId)).length > 0,
    callApi: (request, { personId, userPrincipalName: name }: Session) =>
      callApi(request, async () => ({ name, personId, roles: await permissionsOf(personId) })),
  })
  return new Map([[portal.id, site]])
}
