import type { App } from '../demos/contoso/app.ts'
import { startCorsWebService } from '../demos/contoso/web-service.ts'
import { publish, startWorld, type World } from './world.ts'

/** A world whose segment `api` has many rules, with a passthrough application beside it. */
export interface CorsWorld extends AsyncDisposable {
  readonly world: World
  /** `{home}` and `{api}` stand for origins, `{port}` for the edge's port. */
  fill(text: string): string
}

const listed = {
  allowedOrigins: ['{home}'],
  allowedMethods: ['PUT'],
  allowedHeaders: ['x-listed', 'x-ms-*'],
  maxAgeInSeconds: 0,
}
const everything = { ...listed, allowedMethods: ['*'], allowedHeaders: ['*'] }
// The port is missing, and a label is too many.
const nearMisses = ['https://home.contoso.localhost', 'https://www.home.contoso.localhost:{port}']

/** The rules of the segment `api`; what they do not cover has none. */
const rules = [
  { ...listed, resource: '/api/listed' },
  { ...everything, resource: '/api/theirs', allowedOrigins: ['https://home.fabrikam.localhost'] },
  { ...everything, resource: '/api/near', allowedOrigins: nearMisses },
  { ...everything, resource: '/api/label', allowedOrigins: ['https://*.contoso.localhost:{port}'] },
  { ...everything, resource: '/api/any', allowedOrigins: ['*'] },
  { ...everything, resource: '/api/anonymous', allowCredentials: false },
  { ...everything, resource: '/api/null', allowedOrigins: ['null'] },
  { ...everything, resource: '/redirect' },
]

const allow = [
  setHeader('Access-Control-Allow-Origin', '{home}'),
  setHeader('Access-Control-Allow-Credentials', 'true'),
]
const methods = 'Access-Control-Allow-Methods'
const headers = 'Access-Control-Allow-Headers'

/** What the passthrough application answers at which path, besides its own CORS headers (`?cors=`). */
const openPaths = {
  '': [],
  'bad-methods/': [...allow, setHeader(methods, 'P UT')],
  'bad-headers/': [...allow, setHeader(headers, 'x listed')],
  'bad-credentials/': [...allow, setHeader('Access-Control-Allow-Credentials', 'True')],
  'stars/': [...allow, setHeader(methods, '*'), setHeader(headers, '*')],
}

/** Starts it. Pages on the host `sandbox` are sandboxed, so that their scripts have the origin `null`. */
export async function startCorsWorld(): Promise<CorsWorld> {
  const world = await startWorld()
  const service = await startCorsWebService({ port: 0 })
  const fill = (text: string): string =>
    text
      .replaceAll('{home}', new URL(world.home).origin)
      .replaceAll('{api}', new URL(world.api).origin)
      .replaceAll('{port}', String(world.port))
  await publishSegments(world, service, fill)
  await publishPassthrough(world, service, fill)
  const dispose = () => service.close().then(() => world[Symbol.asyncDispose]())
  return { world, fill, [Symbol.asyncDispose]: dispose }
}

type Fill = CorsWorld['fill']

async function publishSegments(world: World, service: App, fill: Fill): Promise<void> {
  const [sample] = world.demo.ready['applications'] as [{ segments: { internalUrl: string }[] }]
  const [home, api] = sample.segments
  const segments = [
    { externalUrl: world.home, internalUrl: home?.internalUrl },
    { externalUrl: world.api, internalUrl: api?.internalUrl, corsConfigurations: rules },
    {
      externalUrl: world.external('sandbox'),
      internalUrl: `http://localhost:${service.port}/api/`,
      responseHeaderRules: [setHeader('Content-Security-Policy', 'sandbox allow-scripts')],
    },
  ]
  await world.graph.call('PATCH', `/applications/${world.applicationId}/onPremisesPublishing`, {
    onPremisesApplicationSegments: JSON.parse(fill(JSON.stringify(segments))),
  })
}

/** The service with nobody to sign in to, so that its own answers to preflights are to be seen. [C10] */
async function publishPassthrough(world: World, service: App, fill: Fill): Promise<void> {
  for (const [path, responseHeaderRules] of Object.entries(openPaths)) {
    await publish(world.graph, `Open ${path}`, {
      externalAuthenticationType: 'passthru',
      externalUrl: `${world.external('open')}${path}`,
      internalUrl: `http://127.0.0.1:${service.port}/`,
      responseHeaderRules: JSON.parse(fill(JSON.stringify(responseHeaderRules))),
    })
  }
}

function setHeader(name: string, value: string) {
  return { action: 'set', name, value }
}
