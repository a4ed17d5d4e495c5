import type { Connector, ConnectorGroup } from '../directory/directory.ts'
import type { Application } from '../publishing/application.ts'
import { changeApplication, findApplication } from './applications.ts'
import {
  accept,
  type Call,
  key,
  linkOf,
  noContent,
  type Reply,
  readBody,
  replyItem,
  replyPage,
} from './call.ts'
import { knownCertificates } from './certificates.ts'
import { type Expansions, toMany } from './expand.ts'
import { readJson } from './json.ts'
import { notFound } from './refusal.ts'
import { applicationCollection, toGraphApplication } from './shape/application.ts'
import { parseBody, readBodyParts, readNewParts } from './shape/body.ts'
import {
  connectorCollection,
  connectorGroupBody,
  connectorGroupCollection,
  drainBody,
  enrolmentBody,
  mergeConnectorGroup,
  newConnectorGroupBody,
  toGraphEnrolmentToken,
} from './shape/connector.ts'
import { applicationProxy, profileBody, profileCollection } from './shape/profile.ts'
import { parseReference } from './shape/reference.ts'
import { changeBy } from './trial.ts'

/** GET …/applicationProxy: the profile itself, which is always on. */
export async function getProfile(call: Call): Promise<Reply> {
  return replyItem(call, profileCollection, applicationProxy)
}

const profilePath = 'onPremisesPublishingProfiles/applicationProxy'

/** GET /onPremisesPublishingProfiles: there is one. */
export async function listProfiles(call: Call): Promise<Reply> {
  return replyPage(call, profileCollection, [applicationProxy])
}

/** PATCH …/applicationProxy: 204 for what it is already; it cannot be switched off. */
export async function patchProfile(call: Call): Promise<Reply> {
  await readBody(call, (body) => parseBody(profileBody, body))
  return noContent
}

/** GET …/connectors */
export async function listConnectors(call: Call): Promise<Reply> {
  return replyPage(call, collectionOf(call), await call.directory.connectors(), memberOf(call))
}

/** GET …/connectors/{id} */
export async function getConnector(call: Call): Promise<Reply> {
  return replyItem(call, collectionOf(call), await findConnector(call), 200, memberOf(call))
}

function memberOf(call: Call): Expansions<Connector> {
  return {
    memberOf: toMany(
      connectorGroupCollection,
      async ({ groupId }) =>
        (await call.directory.connectorGroups()).filter(({ id }) => id === groupId),
      ({ id }) => linkOf(call, `${profilePath}/connectors/${id}/memberOf`),
    ),
  }
}

/** DELETE …/connectors/{id}: its key is worth nothing from then on. */
export async function deleteConnector(call: Call): Promise<Reply> {
  const id = key(call, 'connector')
  if (!(await call.directory.deleteConnector(id, call.change))) throw notFound(id)
  return noContent
}

/** POST …/connectors/{id}/drain: no new request, what it has may finish; it stays connected. 204. [K5] */
export async function drainConnector(call: Call): Promise<Reply> {
  const { graceInSeconds } = await readBody(call, (sent) => parseBody(drainBody, sent))
  return setDrain(call, graceInSeconds)
}

/** POST …/connectors/{id}/resume: back in service. 204. */
export async function resumeConnector(call: Call): Promise<Reply> {
  return setDrain(call, undefined)
}

async function setDrain(call: Call, seconds: number | undefined): Promise<Reply> {
  const id = key(call, 'connector')
  if (!(await call.directory.drainConnector(id, seconds, call.change))) throw notFound(id)
  return noContent
}

/** GET …/connectors/{id}/memberOf: the one group it is in, as a collection. */
export async function listGroupsOfConnector(call: Call): Promise<Reply> {
  const connector = await findConnector(call)
  const groups = await call.directory.connectorGroups()
  const own = groups.filter((group) => group.id === connector.groupId)
  return replyPage(call, connectorGroupCollection, own)
}

/** POST …/connectors/{id}/memberOf/$ref moves the connector: it is in one group only. */
export async function moveConnectorToGroup(call: Call): Promise<Reply> {
  const groupId = await readBody(call, (body) => parseReference(body, ['connectorGroups']))
  return moveConnector(call, key(call, 'connector'), groupId)
}

/** POST …/connectorGroups/{id}/members/$ref: the same from the other side. */
export async function addConnectorToGroup(call: Call): Promise<Reply> {
  const { id } = await findGroup(call)
  const connectorId = await readBody(call, (body) => parseReference(body, ['connectors']))
  return moveConnector(call, connectorId, id)
}

async function moveConnector(call: Call, id: string, groupId: string): Promise<Reply> {
  if (!(await call.directory.moveConnector(id, groupId, call.change))) throw notFound(id)
  return noContent
}

/** GET …/connectorGroups */
export async function listConnectorGroups(call: Call): Promise<Reply> {
  const groups = await call.directory.connectorGroups()
  return replyPage(call, connectorGroupCollection, groups, await partsOf(call))
}

/** POST …/connectorGroups: 201 with the group. */
export async function createConnectorGroup(call: Call): Promise<Reply> {
  const body = await readJson(call.request)
  const reading = readNewParts(newConnectorGroupBody, connectorGroupBody, body)
  const group = await changeBy(call, reading, ({ name = '', region }, change) =>
    call.directory.createConnectorGroup({ name, region: region ?? undefined }, change),
  )
  return replyItem(call, connectorGroupCollection, group, 201)
}

/** GET …/connectorGroups/{id} */
export async function getConnectorGroup(call: Call): Promise<Reply> {
  const group = await findGroup(call)
  return replyItem(call, connectorGroupCollection, group, 200, await partsOf(call))
}

async function partsOf(call: Call): Promise<Expansions<ConnectorGroup>> {
  const known = await knownCertificates(call)
  const link = (name: string) => (group: ConnectorGroup) =>
    linkOf(call, `${profilePath}/connectorGroups/${group.id}/${name}`)
  return {
    members: toMany(collectionOf(call), (group) => connectorsOf(call, group), link('members')),
    applications: toMany(
      applicationCollection(known),
      (group) => applicationsOf(call, group),
      link('applications'),
    ),
  }
}

/** PATCH …/connectorGroups/{id}: 200 with the group. */
export async function patchConnectorGroup(call: Call): Promise<Reply> {
  const reading = readBodyParts(connectorGroupBody, await readJson(call.request))
  const id = key(call, 'group')
  const group = await changeBy(call, reading, (sent, change) =>
    call.directory.updateConnectorGroup(id, change, (now) => ({
      value: mergeConnectorGroup(sent, now),
    })),
  )
  return replyItem(call, connectorGroupCollection, group)
}

/** DELETE …/connectorGroups/{id} */
export async function deleteConnectorGroup(call: Call): Promise<Reply> {
  const id = key(call, 'group')
  if (!accept(await call.directory.deleteConnectorGroup(id, call.change))) throw notFound(id)
  return noContent
}

/** GET …/connectorGroups/{id}/members */
export async function listConnectorsOfGroup(call: Call): Promise<Reply> {
  const group = await findGroup(call)
  return replyPage(call, collectionOf(call), await connectorsOf(call, group), memberOf(call))
}

async function connectorsOf({ directory }: Call, group: ConnectorGroup) {
  return (await directory.connectors()).filter(({ groupId }) => groupId === group.id)
}

/** GET …/connectorGroups/{id}/applications: published ones, those of the default group included. */
export async function listApplicationsOfGroup(call: Call): Promise<Reply> {
  const group = await findGroup(call)
  const own = await applicationsOf(call, group)
  return replyPage(call, applicationCollection(await knownCertificates(call)), own)
}

async function applicationsOf({ directory }: Call, group: ConnectorGroup) {
  const applications = await directory.applications()
  return applications.filter(
    ({ publishing, connectorGroupId }) =>
      publishing &&
      (connectorGroupId === undefined ? group.isDefault : connectorGroupId === group.id),
  )
}

/** POST …/connectorGroups/{id}/applications: the older way to give an application to a group; 201 with it. */
export async function addApplicationToGroup(call: Call): Promise<Reply> {
  const group = await findGroup(call)
  const id = await readBody(call, (body) => parseReference(body, ['applications']))
  const application = await giveToGroup(call, id, group)
  const context = `${call.metadataUrl}#applications/$entity`
  return { status: 201, body: { '@odata.context': context, ...toGraphApplication(application) } }
}

/** POST …/connectorGroups/{id}/enrolmentTokens: what a new connector of this group needs, shown once. [K1] */
export async function createEnrolmentToken(call: Call): Promise<Reply> {
  const { id } = await findGroup(call)
  const body = await readBody(call, (sent) => parseBody(enrolmentBody, sent))
  const seconds = body.lifetimeInMinutes * 60
  const {
    id: tokenId,
    secret,
    expiresAt,
  } = await call.directory.createEnrolmentToken(id, seconds, call.change)
  const { host, caFingerprint } = call.edgeAddress
  const token = call.enrolmentToken({ edge: host, ca: caFingerprint, secret })
  return {
    status: 201,
    body: {
      '@odata.context': `${call.metadataUrl}#microsoft.graph.enrolmentToken`,
      id: tokenId,
      token,
      command: `sallyport connector --token ${token}`,
      expiresDateTime: new Date(expiresAt).toISOString(),
    },
  }
}

/** GET …/connectorGroups/{id}/enrolmentTokens/{id}: whether it was used, and the connector that it made. [K1] */
export async function getEnrolmentToken(call: Call): Promise<Reply> {
  const group = await findGroup(call)
  const id = key(call, 'token')
  const found = await call.directory.enrolmentToken(id)
  if (found?.groupId !== group.id) throw notFound(id)
  const context = `${call.metadataUrl}#microsoft.graph.enrolmentToken`
  return { status: 200, body: { '@odata.context': context, ...toGraphEnrolmentToken(found) } }
}

/** GET /applications/{id}/connectorGroup */
export async function getGroupOfApplication(call: Call): Promise<Reply> {
  const { connectorGroupId } = await findApplication(call)
  const groups = await call.directory.connectorGroups()
  const group = groups.find(({ id, isDefault }) =>
    connectorGroupId === undefined ? isDefault : id === connectorGroupId,
  )
  return replyItem(call, connectorGroupCollection, group)
}

/** PUT /applications/{id}/connectorGroup/$ref */
export async function setGroupOfApplication(call: Call): Promise<Reply> {
  const groupId = await readBody(call, (body) => parseReference(body, ['connectorGroups']))
  const { id } = await findApplication(call)
  const groups = await call.directory.connectorGroups()
  const group = groups.find((each) => each.id === groupId)
  if (!group) throw notFound(groupId)
  await giveToGroup(call, id, group)
  return noContent
}

// An application of the default group says nothing, so that it follows if another group becomes the default.
function giveToGroup(call: Call, id: string, group: ConnectorGroup): Promise<Application> {
  const connectorGroupId = group.isDefault ? undefined : group.id
  return changeApplication(call, id, (current) => ({
    application: { value: { ...current, connectorGroupId } },
  }))
}

function collectionOf(call: Call) {
  return connectorCollection(call.connectorStatus)
}

/** The connector that the path names. Throws the refusal of one that is not there. */
export async function findConnector(call: Call): Promise<Connector> {
  const id = key(call, 'connector')
  const connector = await call.directory.connector(id)
  if (!connector) throw notFound(id)
  return connector
}

async function findGroup(call: Call): Promise<ConnectorGroup> {
  const id = key(call, 'group')
  const groups = await call.directory.connectorGroups()
  const group = groups.find((each) => each.id === id)
  if (!group) throw notFound(id)
  return group
}
