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

/** Publishes the sample as one complex application, or moves its addresses when the ports have changed since. */
export async function seedSample(
  graph: GraphClient,
  urls: SampleUrls,
  users: readonly SampleUser[],
): Promise<SeededApplication> {
  const present = await graph.call('GET', `/applications?$filter=displayName eq '${displayName}'`)
  const [known] = (present?.['value'] as Json[]) ?? []
  if (known) {
    await moveSample(graph, String(known['id']), urls)
    return { id: String(known['id']), displayName }
  }
  const made = await graph.call('POST', `/applicationTemplates/${customTemplate}/instantiate`, {
    displayName,
  })
  const application = made?.['application'] as Json
  const principal = made?.['servicePrincipal'] as Json
  await graph.call('PATCH', `/applications/${application['id']}`, {
    onPremisesPublishing: publishing(urls),
  })
  for (const user of users) await addUser(graph, user, String(principal['id']))
  return { id: String(application['id']), displayName }
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

async function addUser(graph: GraphClient, user: SampleUser, principalId: string): Promise<void> {
  const made = await graph.call('POST', '/users', {
    accountEnabled: true,
    userPrincipalName: user.userPrincipalName,
    displayName: user.displayName,
    mailNickname: user.displayName.toLowerCase(),
    passwordProfile: { password: user.password },
  })
  await graph.call('POST', `/servicePrincipals/${principalId}/appRoleAssignedTo`, {
    principalId: made?.['id'],
    resourceId: principalId,
    appRoleId: userRole,
  })
}

/** Ports are not forever: what an earlier run wrote down is brought up to date, the rules stay as they are. */
async function moveSample(graph: GraphClient, id: string, urls: SampleUrls): Promise<void> {
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
