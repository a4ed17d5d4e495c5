import type { Application } from '../publishing/application.ts'
import { expandLifetimes } from './application-parts.ts'
import { changeApplication, findByPrincipal } from './applications.ts'
import { assignedTo } from './assigned.ts'
import { type Call, key, noContent, type Reply, readBody, replyItem, replyPage } from './call.ts'
import { expandRolesOfClients } from './client-permissions.ts'
import type { Expansions } from './expand.ts'
import { readJson } from './json.ts'
import { expandOwners } from './owner-lists.ts'
import { seenApplications } from './ownership.ts'
import { invalid, notFound } from './refusal.ts'
import {
  mergeServicePrincipal,
  newServicePrincipalBody,
  servicePrincipalBody,
  servicePrincipalCollection,
} from './shape/application.ts'
import { issueAt, parseBody, readBodyParts, withMeaning } from './shape/body.ts'
import { managementApi, managementApiCollection } from './shape/permission.ts'

/** GET /servicePrincipals */
export async function listServicePrincipals(call: Call): Promise<Reply> {
  // It is in no list, and there for whoever asks for it by its id.
  if (call.query.filter?.toLowerCase().includes(managementApi.appId)) {
    return replyPage(call, managementApiCollection, [managementApi])
  }
  const applications = await seenApplications(call)
  return replyPage(call, servicePrincipalCollection, applications, expansionsOf(call))
}

/** GET /servicePrincipals/{id} */
export async function getServicePrincipal(call: Call): Promise<Reply> {
  const wanted = key(call, 'principal')
  if (wanted === managementApi.id || wanted === `(appid=${managementApi.appId})`) {
    return replyItem(call, managementApiCollection, managementApi)
  }
  const application = await findByPrincipal(call)
  return replyItem(call, servicePrincipalCollection, application, 200, expansionsOf(call))
}

function expansionsOf(call: Call): Expansions<Application> {
  return {
    ...assignedTo(call),
    owners: expandOwners(call),
    appRoleAssignments: expandRolesOfClients(call),
    tokenLifetimePolicies: expandLifetimes(call, 'servicePrincipals'),
  }
}

/** PATCH /servicePrincipals/{id}: 204. */
export async function patchServicePrincipal(call: Call): Promise<Reply> {
  const sent = await readBody(call, (body) => parseBody(servicePrincipalBody, body))
  const { id } = await findByPrincipal(call)
  await changeApplication(call, id, (current) => ({
    application: { value: mergeServicePrincipal(sent, current) },
  }))
  return noContent
}

/**
 * POST /servicePrincipals: 201. Every application has its other half from the beginning, so that of an application by its
 * appId nothing is made; what else is sent, it takes.
 */
export async function createServicePrincipal(call: Call): Promise<Reply> {
  const body = await readJson(call.request)
  const { value: sent, issues } = readBodyParts(newServicePrincipalBody, body)
  if (!sent) throw invalid(issues)
  const applications = await call.directory.applications()
  const found = applications.find(({ appId }) => appId === sent.appId)
  const unknown = found ? [] : [issueAt('appId', 'unknown-application', 'is of no application')]
  const wrong = withMeaning(issues, unknown)
  if (!found || wrong.length > 0) throw invalid(wrong)
  const changed = await changeApplication(call, found.id, (current) => ({
    application: { value: mergeServicePrincipal(sent, current) },
  }))
  return replyItem(call, servicePrincipalCollection, changed, 201)
}

/** DELETE /servicePrincipals/{id}: the application goes with it, as in the original's Enterprise applications. */
export async function deleteServicePrincipal(call: Call): Promise<Reply> {
  const { id } = await findByPrincipal(call)
  if (!(await call.directory.deleteApplication(id, call.change))) throw notFound(id)
  return noContent
}
