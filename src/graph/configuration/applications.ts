import { z } from 'zod'
import { failed } from '../../base/check.ts'
import type { Application } from '../../publishing/application.ts'
import { changeApplication, patchApplication } from '../applications.ts'
import { createAssignmentAt } from '../assignments.ts'
import { accept } from '../call.ts'
import { patchServicePrincipal } from '../service-principals.ts'
import { appRoles } from '../shape/application.ts'
import { issueAt, parseBody, uniqueNameBody } from '../shape/body.ts'
import { permissionIds } from '../shape/permission.ts'
import type { Applying } from './applying.ts'
import type { Item, Present } from './document.ts'
import { nameOf } from './document.ts'
import type { Known, KnownApplication } from './known.ts'
import { readPart } from './members.ts'
import { applyOwners, ownerList } from './owners.ts'
import { changedParts, type Matched, without } from './plain-sections.ts'
import { translateResources } from './translation.ts'

const assignment = z
  .strictObject({
    user: z.string().optional(),
    group: z.string().optional(),
    application: z.string().optional(),
    role: z.string().default('User'),
  })
  .refine(
    ({ user, group, application }) =>
      [user, group, application].filter((each) => each !== undefined).length === 1,
    'must name a user, a group or an application',
  )
type AssignmentPart = z.output<typeof assignment>

// As many assignments as a document of the size that is read could hold.
const maxAssignments = 50_000
/** What of an application the document has beside the API's own shape of it. */
export const applicationParts = z.object({
  accountEnabled: z.boolean().optional(),
  appRoleAssignmentRequired: z.boolean().optional(),
  connectorGroup: z.string().nullish(),
  tokenLifetimePolicy: z.string().nullish(),
  assignments: z.array(assignment).max(maxAssignments).optional(),
  permissions: z.array(z.string()).max(100).optional(),
  owners: ownerList.optional(),
})
type Parts = z.output<typeof applicationParts>

/** What of an application the document has and `PATCH /applications/{id}` has not. */
const elsewhere = ['id', 'appId', ...Object.keys(applicationParts.shape)]

/** One application of the document, there by now. */
interface Wanted {
  readonly item: Item
  readonly path: string
  readonly id: string
  readonly known: Present | undefined
}

/** Makes the applications that are not there, by their names alone, so that others can name them. */
export async function createApplications(
  applying: Applying,
  matched: readonly Matched[],
): Promise<readonly Wanted[]> {
  const wanted: Wanted[] = []
  for (const { item, path, known } of matched) {
    if (known) {
      wanted.push({ item, path, id: known.id, known })
      continue
    }
    const name = nameOf(item)
    if (name === '') {
      applying.say(`${path}/displayName`, 'required', 'is required')
      continue
    }
    const { directory, change } = applying.call
    const made = await applying.attempt(`${path}/uniqueName`, async () =>
      directory.createApplication(name, change, readUniqueName(item)),
    )
    if (made) wanted.push({ item, path, id: made.id, known: undefined })
  }
  return wanted
}

function readUniqueName({ uniqueName }: Item): string | undefined {
  return accept(parseBody(uniqueNameBody, uniqueName))
}

/**
 * Changes what is different. An application may want the URL that another one gives up further down, so those that were
 * refused are tried again as long as that helps.
 */
export async function applyApplications(
  applying: Applying,
  wanted: readonly Wanted[],
): Promise<void> {
  let open = wanted.flatMap((each) => patchOf(applying, each))
  for (;;) {
    const refused: typeof open = []
    const before = applying.issues.length
    for (const each of open) {
      const known = applying.issues.length
      await applying.attempt(each.path, each.work, placeInDocument)
      if (applying.issues.length > known) refused.push(each)
    }
    if (refused.length === 0 || refused.length === open.length) return
    applying.issues.splice(before)
    open = refused
  }
}

function patchOf(applying: Applying, { item, path, id, known }: Wanted) {
  const own = without(item, elsewhere)
  const changed = known ? changedParts(own, known) : own
  if (Object.keys(changed).length === 0) return []
  const before = applying.issues.length
  const body = translateResources(applying, changed, path)
  if (applying.issues.length > before) return []
  return [{ path, work: () => applying.run(patchApplication, { application: id }, body) }]
}

function placeInDocument(path: string): string {
  return path.replace(/^(requiredResourceAccess\/\d+)\/resourceAppId$/, '$1/resource')
}

/** Everything of an application that is not in its own resource. */
export async function applyApplicationParts(
  applying: Applying,
  wanted: readonly Wanted[],
  known: Known,
): Promise<void> {
  const byId = new Map(known.applications.map((each) => [each.application.id, each]))
  for (const { item, path, id, known: before } of wanted) {
    const written = before ? changedParts(item, before) : item
    const said = readPart(applying, applicationParts, written, path)
    const now = byId.get(id)
    if (!said || !now) continue
    await applyPrincipal(applying, said, now.application, path)
    await applyConnectorGroup(applying, said, now.application, known, path)
    await applyLifetime(applying, said, now, path)
    await applyAssignments(applying, said, now, path)
    await applyPermissions(applying, said, now, path)
    await applyOwners(applying, { kind: 'application', id, path }, said.owners, now.owners)
  }
}

async function applyPrincipal(
  applying: Applying,
  { accountEnabled, appRoleAssignmentRequired }: Parts,
  { servicePrincipalId }: Application,
  path: string,
): Promise<void> {
  if (accountEnabled === undefined && appRoleAssignmentRequired === undefined) return
  const body = { accountEnabled, appRoleAssignmentRequired }
  const keys = { principal: servicePrincipalId }
  await applying.attempt(path, () => applying.run(patchServicePrincipal, keys, body))
}

async function applyConnectorGroup(
  applying: Applying,
  { connectorGroup: name }: Parts,
  { id }: Application,
  known: Known,
  path: string,
): Promise<void> {
  if (name === undefined) return
  const place = `${path}/connectorGroup`
  const groupId = name === null ? undefined : applying.resolve('connectorGroup', name, place)
  if (name !== null && groupId === undefined) return
  const group = known.connectorGroups.find((each) => each.id === groupId)
  // An application of the default group says nothing, so that it follows if another group becomes the default.
  const connectorGroupId = group?.isDefault ? undefined : groupId
  await applying.attempt(place, () =>
    changeApplication(applying.call, id, (current) => ({
      application: { value: { ...current, connectorGroupId } },
    })),
  )
}

async function applyLifetime(
  applying: Applying,
  { tokenLifetimePolicy: name }: Parts,
  { application, lifetime }: KnownApplication,
  path: string,
): Promise<void> {
  if (name === undefined) return
  const place = `${path}/tokenLifetimePolicy`
  const id = name === null ? undefined : applying.resolve('tokenLifetimePolicy', name, place)
  if ((name !== null && id === undefined) || id === lifetime?.id) return
  const { directory, change } = applying.call
  await applying.attempt(place, async () => {
    if (lifetime) await directory.removeTokenLifetimePolicy(application.id, lifetime.id, change)
    if (id !== undefined) await directory.assignTokenLifetimePolicy(application.id, id, change)
  })
}

async function applyAssignments(
  applying: Applying,
  { assignments }: Parts,
  { application, assignments: present }: KnownApplication,
  path: string,
): Promise<void> {
  if (!assignments) return
  const { directory, change } = applying.call
  const wanted = new Set<string>()
  const there = new Set(present.map((each) => `${each.principalId} ${each.appRoleId}`))
  for (const [at, part] of assignments.entries()) {
    const place = `${path}/assignments/${at}`
    const principalId = resolvePrincipal(applying, part, place)
    const appRoleId = await findRole(applying, application.id, part.role, place)
    if (principalId === undefined || appRoleId === undefined) continue
    const key = `${principalId} ${appRoleId}`
    if (!there.has(key) && !wanted.has(key)) {
      const sent = { principalId, appRoleId }
      await applying.attempt(place, async () => {
        const current = await directory.application(application.id)
        return createAssignmentAt(applying.call, current ?? application, sent)
      })
    }
    wanted.add(key)
  }
  if (!applying.prune) return
  for (const { id, principalId, appRoleId } of present) {
    if (wanted.has(`${principalId} ${appRoleId}`)) continue
    await applying.attempt(`${path}/assignments`, () => directory.removeAssignment(id, change))
  }
}

function resolvePrincipal(
  applying: Applying,
  { user, group, application }: AssignmentPart,
  path: string,
): string | undefined {
  if (user !== undefined) return applying.resolve('user', user, `${path}/user`)
  if (group !== undefined) return applying.resolve('group', group, `${path}/group`)
  return applying.resolve('servicePrincipal', application, `${path}/application`)
}

/** By its value, by the names of the two that every application has, or by its id. */
async function findRole(
  applying: Applying,
  applicationId: string,
  written: string,
  path: string,
): Promise<string | undefined> {
  const application = await applying.call.directory.application(applicationId)
  const own = application?.registration.appRoles ?? []
  const found =
    own.find(({ id, value }) => value === written || id === written)?.id ??
    appRoles.find(({ id, displayName }) => displayName === written || id === written)?.id
  if (found === undefined) {
    applying.say(`${path}/role`, 'unknown-role', `the application has no role ${written}`)
  }
  return found
}

async function applyPermissions(
  applying: Applying,
  { permissions }: Parts,
  { application, permissions: present }: KnownApplication,
  path: string,
): Promise<void> {
  if (!permissions) return
  const { directory, change } = applying.call
  const wanted = new Set<string>()
  for (const [at, name] of permissions.entries()) {
    const place = `${path}/permissions/${at}`
    const id = Object.hasOwn(permissionIds, name) ? permissionIds[name] : undefined
    if (id === undefined) {
      applying.say(place, 'unknown-permission', `there is no permission ${name}`)
      continue
    }
    const isNew = !wanted.has(id) && !present.some(({ appRoleId }) => appRoleId === id)
    wanted.add(id)
    if (!isNew) continue
    await applying.attempt(place, async () => {
      const { servicePrincipalId } = application
      const granted = await directory.grantApiPermission(servicePrincipalId, id, change)
      if (failed(granted))
        applying.issues.push(
          ...granted.issues.map((each) => issueAt(place, each.code, each.message)),
        )
    })
  }
  if (!applying.prune) return
  for (const { id, appRoleId } of present) {
    if (wanted.has(appRoleId)) continue
    await applying.attempt(`${path}/permissions`, () => directory.revokeApiPermission(id, change))
  }
}
