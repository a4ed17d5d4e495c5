import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { ResponseType } from '@microsoft/microsoft-graph-client'
import type { Json } from '../../src/run/graph-client.ts'
import { createOfficialClient } from '../official-client.ts'
import { startWorld, type World } from '../world.ts'

// "Understanding Azure Active Directory Application Proxy Complex application scenario", its one example, letter by
// letter: the slash behind the origin, the missing one behind an internal URL and the misspelt domain are the original's.
const document = `{
  "onPremisesPublishing": {
    "onPremisesApplicationSegments": [
      {
        "externalUrl": "https://home.contoso.net/",
        "internalUrl": "https://home.test.com/",
        "alternateUrl": "",
        "corsConfigurations": []
      },
      {
        "externalUrl": "https://assets.constoso.net/",
        "internalUrl": "https://assets.test.com",
        "alternateUrl": "",
        "corsConfigurations": [
          {
            "resource": "/",
            "allowedOrigins": ["https://home.contoso.net/"],
            "allowedHeaders": ["*"],
            "allowedMethods": ["*"],
            "maxAgeInSeconds": 0
          }
        ]
      }
    ]
  }
}`

let world: World
/** Path of the application, made from the template and not yet published. */
let application: string
before(async () => {
  world = await startWorld()
  const template = '8adf8e6e-67b2-4cf2-a259-e3dc5476c621'
  const path = `/applicationTemplates/${template}/instantiate`
  const made = await world.graph.call('POST', path, { displayName: 'Complex' })
  const { id } = (made as { application: Json }).application
  application = `/applications/${id}`
})
after(() => world?.[Symbol.asyncDispose]())

test("the seed's document is answered 204 with no body, by the official client and by curl, and both shapes tell it back [G1] [G2] [C5]", async () => {
  const graph = createOfficialClient(world)
  const answer: Response = await graph
    .api(application)
    .responseType(ResponseType.RAW)
    .patch(document)
  assert.equal(answer.status, 204)
  assert.equal(await answer.text(), '')
  const first = await readBack()
  assert.deepEqual(first.older, segments)
  assert.deepEqual(first.newer.map(withoutIds), segments)

  const { stdout } = await promisify(execFile)('curl', [
    ...['--silent', '--show-error', '--include', '--http1.1'],
    ...['--cacert', String(world.demo.ready['ca'])],
    ...['--request', 'PATCH', world.graphUrl + application],
    ...['--header', 'Content-type: application/json'],
    ...['--header', `Authorization: Bearer ${world.graphToken}`],
    ...['--data', document],
  ])
  const [head = '', body] = stdout.split('\r\n\r\n')
  assert.match(head, /^HTTP\/1\.1 204 No Content\r\n/)
  assert.doesNotMatch(head, /^(content-length|transfer-encoding|content-type):/im)
  assert.equal(body, '')
  // Sent again it changes nothing, the ids that it does not know included.
  assert.deepEqual(await readBack(), first)
})

// What is not in the document is Sallyport's own; an origin is kept as browsers send it.
const rule = {
  resource: '/',
  allowedOrigins: ['https://home.contoso.net'],
  allowedHeaders: ['*'],
  allowedMethods: ['*'],
  exposedHeaders: [],
  maxAgeInSeconds: 0,
  allowCredentials: true,
  mode: 'enforce',
}
const segments = [
  {
    externalUrl: 'https://home.contoso.net/',
    internalUrl: 'https://home.test.com/',
    alternateUrl: '',
    responseHeaderRules: [],
    corsConfigurations: [],
  },
  {
    externalUrl: 'https://assets.constoso.net/',
    internalUrl: 'https://assets.test.com/',
    alternateUrl: '',
    responseHeaderRules: [],
    corsConfigurations: [rule],
  },
]

interface Rule extends Json {
  readonly id: string
}

interface NewerSegment extends Json {
  readonly id: string
  readonly corsConfigurations: readonly Rule[]
}

function withoutIds({ id: _, corsConfigurations, ...segment }: NewerSegment): Json {
  return { ...segment, corsConfigurations: corsConfigurations.map(({ id: _, ...rest }) => rest) }
}

/** Both shapes, the newer one whole and put together from its resources, which must be the same. */
async function readBack() {
  const selected = await world.graph.call('GET', `${application}?$select=id,onPremisesPublishing`)
  const published = selected?.['onPremisesPublishing'] as Json
  const configuration = published['segmentsConfiguration'] as Json
  const newer = configuration['applicationSegments'] as readonly NewerSegment[]
  assert.equal(configuration['@odata.type'], '#microsoft.graph.webSegmentConfiguration')
  assert.deepEqual(await readResources(), newer)
  return { older: published['onPremisesApplicationSegments'], newer }
}

async function readResources(): Promise<readonly Json[]> {
  const path = `${application}/onPremisesPublishing/segmentsConfiguration/microsoft.graph.webSegmentConfiguration/applicationSegments`
  const listed = await list(path)
  return Promise.all(
    listed.map(async (segment) => {
      const corsConfigurations = await list(`${path}/${segment['id']}/corsConfigurations`)
      return { ...segment, corsConfigurations }
    }),
  )
}

async function list(path: string): Promise<readonly Json[]> {
  return ((await world.graph.call('GET', path))?.['value'] ?? []) as readonly Json[]
}
