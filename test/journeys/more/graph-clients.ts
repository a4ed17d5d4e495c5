import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import {
  AllowedHostsValidator,
  BaseBearerTokenAuthenticationProvider,
  HttpMethod,
  RequestInformation,
} from '@microsoft/kiota-abstractions'
// Gives the adapter its serializers.
import '@microsoft/kiota-bundle'
import { GraphBetaRequestAdapter } from '@microsoft/msgraph-beta-sdk'
import {
  type Application,
  type ApplicationCollectionResponse,
  type ConnectorGroup,
  createApplicationCollectionResponseFromDiscriminatorValue,
  createApplicationFromDiscriminatorValue,
  createConnectorGroupFromDiscriminatorValue,
  createUserFromDiscriminatorValue,
  serializeApplication,
  serializeConnectorGroup,
} from '@microsoft/msgraph-beta-sdk/models/index.js'
import {
  createODataErrorFromDiscriminatorValue,
  type ODataError,
} from '@microsoft/msgraph-beta-sdk/models/oDataErrors/index.js'
import { openTestApi, publishWildcard, seedSegments } from '../../../src/graph/test-api.ts'
import { serveApi } from '../../../src/graph/test-server.ts'

// The SDK that Microsoft generates for Graph beta. It is heavy to load, so that it is not among the everyday tests.

const api = await openTestApi()
const server = await serveApi(api)
after(async () => {
  await server[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
})

const adapter = new GraphBetaRequestAdapter(
  new BaseBearerTokenAuthenticationProvider({
    getAuthorizationToken: async () => 'administrator',
    getAllowedHostsValidator: () => new AllowedHostsValidator(new Set(['127.0.0.1'])),
  }),
)
adapter.baseUrl = `${server.origin}/beta`
const errors = { XXX: createODataErrorFromDiscriminatorValue }

function request(method: HttpMethod, path: string): RequestInformation {
  const made = new RequestInformation(method, `{+baseurl}${path}`, { baseurl: adapter.baseUrl })
  made.headers.tryAdd('Accept', 'application/json')
  return made
}

async function patch(path: string, application: Application): Promise<void> {
  const made = request(HttpMethod.PATCH, path)
  made.setContentFromParsable(adapter, 'application/json', application, serializeApplication)
  await adapter.sendNoResponseContent(made, errors)
}

test('the generated client reads an application with its segments by their types [G1] [G2]', async () => {
  const path = (await publishWildcard(api)).replace('/beta', '')
  await api.call('PATCH', `/beta${path}`, {
    onPremisesPublishing: { onPremisesApplicationSegments: seedSegments.slice(0, 1) },
  })
  const read = await adapter.send<Application>(
    request(HttpMethod.GET, path),
    createApplicationFromDiscriminatorValue,
    errors,
  )
  const published = read?.onPremisesPublishing
  assert.equal(published?.externalAuthenticationType, 'aadPreAuthentication')
  assert.equal(published?.onPremisesApplicationSegments?.[0]?.internalUrl, 'https://home.test.com/')
  assert.equal(
    published?.segmentsConfiguration?.odataType,
    '#microsoft.graph.webSegmentConfiguration',
  )
})

test('what the generated client leaves out of a PATCH stays, segments above all [G2] [P8]', async () => {
  const path = (await publishWildcard(api, 'kept.net')).replace('/beta', '')
  const segments = [{ externalUrl: 'https://a.kept.net/', internalUrl: 'http://a.test/' }]
  await api.call('PATCH', `/beta${path}/onPremisesPublishing`, {
    segmentsConfiguration: { applicationSegments: segments },
  })
  // Read, one thing changed, everything sent back: its serializer drops the segments and keeps their type.
  const read = await adapter.send<Application>(
    request(HttpMethod.GET, path),
    createApplicationFromDiscriminatorValue,
    errors,
  )
  assert.ok(read?.onPremisesPublishing?.segmentsConfiguration)
  const { segmentsConfiguration } = read.onPremisesPublishing
  await patch(path, {
    onPremisesPublishing: { isTranslateLinksInBodyEnabled: true, segmentsConfiguration },
  })
  await patch(path, { displayName: 'Kept' })
  const { body } = await api.call('GET', `/beta${path}`)
  assert.equal(body.displayName, 'Kept')
  assert.equal(body.onPremisesPublishing.isTranslateLinksInBodyEnabled, true)
  const [kept] = body.onPremisesPublishing.segmentsConfiguration.applicationSegments
  assert.equal(kept.externalUrl, 'https://a.kept.net/')
})

test('the generated client pages, filters, and gets what it made [G1]', async () => {
  const list = await adapter.send<ApplicationCollectionResponse>(
    request(HttpMethod.GET, '/applications?$top=1&$orderby=displayName&$count=true'),
    createApplicationCollectionResponseFromDiscriminatorValue,
    errors,
  )
  assert.equal(list?.value?.length, 1)
  assert.equal(list?.odataCount, 2)
  assert.match(list?.odataNextLink ?? '', /\$orderby=displayName.*\$skip=1$/)

  const made = request(
    HttpMethod.POST,
    '/onPremisesPublishingProfiles/applicationProxy/connectorGroups',
  )
  made.setContentFromParsable(
    adapter,
    'application/json',
    { name: 'Berlin' },
    serializeConnectorGroup,
  )
  const group = await adapter.send<ConnectorGroup>(
    made,
    createConnectorGroupFromDiscriminatorValue,
    errors,
  )
  assert.equal(group?.connectorGroupType, 'applicationProxy')
  assert.equal(group?.region ?? null, null)
})

test('the generated client reads our errors as those of Graph [G1] [G4]', async () => {
  const unknown = '/users/00000000-0000-0000-0000-000000000001'
  await assert.rejects(
    adapter.send(request(HttpMethod.GET, unknown), createUserFromDiscriminatorValue, errors),
    (thrown: ODataError) => {
      assert.equal(thrown.responseStatusCode, 404)
      assert.equal(thrown.errorEscaped?.code, 'Request_ResourceNotFound')
      assert.ok(thrown.errorEscaped?.innerError?.requestId)
      return true
    },
  )
})
