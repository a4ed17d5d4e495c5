import { globalAdministrator } from '../identity/roles.ts'
import {
  createApplication,
  findApplication,
  findFirst,
  moveAddresses,
  type Place,
} from './demo-applications.ts'
import type { GraphClient, Json } from './graph-client.ts'

/** The sample's addresses as they are in this run. */
export interface SampleUrls {
  readonly homeExternal: string
  readonly apiExternal: string
  readonly homeInternal: string
  readonly apiInternal: string
  readonly wildcardExternal: string
}

export interface SampleUser {
  readonly userPrincipalName: string
  readonly displayName: string
  readonly password: string
}

export interface SeededApplication {
  readonly id: string
  readonly displayName: string
}

const userRole = '18d14569-c3bd-439b-9a66-3a2aee01d14f'
const displayName = 'Contoso CORS sample'
const connectorPollMs = 50
const connectorWaitMs = 8_000

/** What the demo needs there to be. */
export interface Sample {
  readonly urls: SampleUrls
  readonly users: readonly SampleUser[]
}

/**
 * Publishes the sample as one complex application for its people. Repeatable: it makes good what an earlier start did
 * not get to.
 */
export async function seedSample(graph: GraphClient, sample: Sample): Promise<SeededApplication> {
  const id =
    (await findApplication(graph, displayName)) ?? (await createApplication(graph, displayName))
  await graph.call('PATCH', `/applications/${id}`, {
    onPremisesPublishing: publishing(sample.urls),
  })
  const { appId } = (await graph.call('GET', `/applications/${id}`)) as Json
  const principal = await findFirst(graph, `/servicePrincipals?$filter=appId eq '${appId}'`)
  for (const user of sample.users) await admitUser(graph, user, String(principal?.['id']))
  return { id, displayName }
}

/** The sample of an earlier run, its addresses as they are now; undefined when it was deleted. */
export async function moveSample(
  graph: GraphClient,
  urls: SampleUrls,
): Promise<SeededApplication | undefined> {
  const id = await findApplication(graph, displayName)
  if (id === undefined) return undefined
  await moveAddresses(graph, id, samplePlaces(urls), urls.wildcardExternal)
  return { id, displayName }
}

function publishing(urls: SampleUrls): Json {
  return {
    externalAuthenticationType: 'aadPreAuthentication',
    externalUrl: urls.wildcardExternal,
    internalUrl: 'http://*.contoso.test/',
    onPremisesApplicationSegments: [
      {
        externalUrl: urls.homeExternal,
        internalUrl: urls.homeInternal,
        alternateUrl: '',
        corsConfigurations: [],
      },
      {
        externalUrl: urls.apiExternal,
        internalUrl: urls.apiInternal,
        alternateUrl: '',
        corsConfigurations: [
          {
            resource: '/',
            allowedOrigins: [urls.homeExternal],
            allowedHeaders: ['*'],
            allowedMethods: ['*'],
            maxAgeInSeconds: 0,
          },
        ],
      },
    ],
  }
}

function samplePlaces(urls: SampleUrls): readonly Place[] {
  return [
    { label: 'home', externalUrl: urls.homeExternal, internalUrl: urls.homeInternal },
    { label: 'api', externalUrl: urls.apiExternal, internalUrl: urls.apiInternal },
  ]
}

/** Somebody who administers: a person with every right, made once. */
export async function seedAdministrator(graph: GraphClient, user: SampleUser): Promise<void> {
  const id = await ensurePerson(graph, user)
  const members = `/directoryRoles/${globalAdministrator.id}/members`
  const known = ((await graph.call('GET', members))?.['value'] ?? []) as Json[]
  if (known.some((member) => member['id'] === id)) return
  await graph.call('POST', `${members}/$ref`, { '@odata.id': `/users/${id}` })
}

async function admitUser(graph: GraphClient, user: SampleUser, principalId: string): Promise<void> {
  const id = await ensurePerson(graph, user)
  const principalOf = `/servicePrincipals/${principalId}/appRoleAssignedTo`
  const assigned = (await graph.call('GET', principalOf))?.['value'] as Json[]
  if (assigned.some((assignment) => assignment['principalId'] === id)) return
  await graph.call('POST', principalOf, {
    principalId: id,
    resourceId: principalId,
    appRoleId: userRole,
  })
}

/** The person's id; there is a person of that name afterwards, with this password. */
async function ensurePerson(graph: GraphClient, user: SampleUser): Promise<string> {
  const passwordProfile = { password: user.password }
  const { userPrincipalName, displayName } = user
  const path = `/users?$filter=userPrincipalName eq '${userPrincipalName}'`
  const known = await findFirst(graph, path)
  if (known) {
    await graph.call('PATCH', `/users/${known['id']}`, { passwordProfile })
    return String(known['id'])
  }
  const made = await graph.call('POST', '/users', {
    accountEnabled: true,
    userPrincipalName,
    displayName,
    mailNickname: displayName.toLowerCase(),
    passwordProfile,
  })
  return String(made?.['id'])
}

/** A one-time enrolment token for the default group. */
export async function createEnrolmentToken(graph: GraphClient): Promise<string> {
  const profile = '/onPremisesPublishingProfiles/applicationProxy/connectorGroups'
  const groups = (await graph.call('GET', profile))?.['value'] as Json[]
  const group = groups.find((candidate) => candidate['isDefault'] === true)
  const made = await graph.call('POST', `${profile}/${group?.['id']}/enrolmentTokens`, {})
  return String(made?.['token'])
}

/** Resolves when a connector is connected. Rejects after 8 s. */
export async function untilConnected(graph: GraphClient): Promise<void> {
  const deadline = Date.now() + connectorWaitMs
  while (Date.now() < deadline) {
    const path = '/onPremisesPublishingProfiles/applicationProxy/connectors'
    const connectors = (await graph.call('GET', path))?.['value'] as Json[]
    if (connectors.some((connector) => connector['status'] === 'active')) return
    await new Promise((resolve) => setTimeout(resolve, connectorPollMs))
  }
  throw new Error('the connector did not connect')
}
