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

const customTemplate = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'
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
  const id = (await findSample(graph)) ?? (await createSample(graph))
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
  const id = await findSample(graph)
  if (id === undefined) return undefined
  await moveAddresses(graph, id, urls)
  return { id, displayName }
}

async function findSample(graph: GraphClient): Promise<string | undefined> {
  const known = await findFirst(graph, `/applications?$filter=displayName eq '${displayName}'`)
  return known && String(known['id'])
}

async function createSample(graph: GraphClient): Promise<string> {
  const path = `/applicationTemplates/${customTemplate}/instantiate`
  const made = await graph.call('POST', path, { displayName })
  const application = made?.['application'] as Json
  return String(application['id'])
}

async function findFirst(graph: GraphClient, path: string): Promise<Json | undefined> {
  const found = ((await graph.call('GET', path))?.['value'] ?? []) as Json[]
  return found[0]
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

async function admitUser(graph: GraphClient, user: SampleUser, principalId: string): Promise<void> {
  const passwordProfile = { password: user.password }
  const { userPrincipalName, displayName } = user
  const path = `/users?$filter=userPrincipalName eq '${userPrincipalName}'`
  let person = await findFirst(graph, path)
  if (person) {
    await graph.call('PATCH', `/users/${person['id']}`, { passwordProfile })
  } else {
    person = await graph.call('POST', '/users', {
      accountEnabled: true,
      userPrincipalName,
      displayName,
      mailNickname: displayName.toLowerCase(),
      passwordProfile,
    })
  }
  const principalOf = `/servicePrincipals/${principalId}/appRoleAssignedTo`
  const assigned = (await graph.call('GET', principalOf))?.['value'] as Json[]
  if (assigned.some((assignment) => assignment['principalId'] === person?.['id'])) return
  await graph.call('POST', principalOf, {
    principalId: person?.['id'],
    resourceId: principalId,
    appRoleId: userRole,
  })
}

/** Ports are not forever: what an earlier run wrote down is brought up to date, the rules stay as they are. */
async function moveAddresses(graph: GraphClient, id: string, urls: SampleUrls): Promise<void> {
  const kept = await graph.call('GET', `/applications/${id}/onPremisesPublishing`)
  const segments = (kept?.['onPremisesApplicationSegments'] as Json[]) ?? []
  const oldHome = segments.find((s) => String(s['externalUrl']).startsWith('https://home.'))
  const before = String(oldHome?.['externalUrl'] ?? '')
  const moved = segments.map((segment) => moveSegment(segment, before, urls))
  const same = JSON.stringify(moved) === JSON.stringify(segments)
  if (same && kept?.['externalUrl'] === urls.wildcardExternal) return
  await graph.call('PATCH', `/applications/${id}/onPremisesPublishing`, {
    externalUrl: urls.wildcardExternal,
    onPremisesApplicationSegments: moved,
  })
}

function moveSegment(segment: Json, homeBefore: string, urls: SampleUrls): Json {
  const origin = (url: string) => url.replace(/\/$/, '')
  const rules = JSON.stringify(segment['corsConfigurations'] ?? []).replaceAll(
    `"${origin(homeBefore)}"`,
    `"${origin(urls.homeExternal)}"`,
  )
  const corsConfigurations = JSON.parse(rules) as unknown
  const external = String(segment['externalUrl'])
  if (external.startsWith('https://home.')) {
    return {
      ...segment,
      externalUrl: urls.homeExternal,
      internalUrl: urls.homeInternal,
      corsConfigurations,
    }
  }
  if (external.startsWith('https://api.')) {
    return {
      ...segment,
      externalUrl: urls.apiExternal,
      internalUrl: urls.apiInternal,
      corsConfigurations,
    }
  }
  return segment
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
