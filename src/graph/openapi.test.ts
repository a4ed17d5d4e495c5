import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { z } from 'zod'
import { routes } from './routes.ts'
import { instantiate, openTestApi, publishWildcard } from './test-api.ts'

const api = await openTestApi()
after(() => api[Symbol.asyncDispose]())

interface Operation {
  readonly operationId: string
  readonly parameters: readonly {
    readonly $ref?: string
    readonly name?: string
    readonly in?: string
  }[]
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: object } }
  }
  readonly responses: Readonly<
    Record<
      string,
      { readonly content?: { readonly 'application/json'?: { readonly schema: object } } }
    >
  >
}

interface Description {
  readonly openapi: string
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

async function describe(version: string): Promise<Description> {
  const response = await api.fetch(new Request(`https://api.contoso.test/${version}/openapi.json`))
  assert.equal(response.status, 200)
  return response.json() as Promise<Description>
}

const beta = await describe('beta')
const operations = Object.entries(beta.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

function operationAt(method: string, path: string): Operation | undefined {
  return beta.paths[path.replace(/:([a-z]+)/g, '{$1}')]?.[method.toLowerCase()]
}

test('the description is there for everybody, without a token, under either version [G1]', async () => {
  assert.equal(beta.openapi, '3.1.0')
  assert.equal(beta.servers[0]?.url, 'https://api.contoso.test/beta')
  const stable = await describe('v1.0')
  assert.ok(stable.paths['/users/{user}'])
  assert.equal(stable.paths['/applications/{application}/onPremisesPublishing'], undefined)
  const url = 'https://api.contoso.test/BETA/openapi.json/'
  const head = await api.fetch(new Request(url, { method: 'HEAD' }))
  assert.equal(head.status, 200)
  assert.equal(await head.text(), '')
  const etag = head.headers.get('etag') ?? ''
  assert.equal(
    (await api.fetch(new Request(url, { headers: { 'if-none-match': etag } }))).status,
    304,
  )
  const post = await api.fetch(new Request(url, { method: 'POST' }))
  assert.equal(post.status, 401)
})

test('every route is described with its parameters, its body and its answer, and nothing else is [G1]', () => {
  for (const route of routes) {
    const operation = operationAt(route.method, route.path)
    assert.ok(operation, `${route.method} ${route.path}`)
    const { body, answer, status } = route
    assert.equal(operation.requestBody !== undefined, body !== undefined, route.path)
    const success = operation.responses[status]
    assert.equal(success?.content !== undefined, answer !== undefined, route.path)
    const keys = [...route.path.matchAll(/:([a-z]+)/g)].map(([, name]) => name)
    const named = operation.parameters.filter((each) => each.in === 'path').map(({ name }) => name)
    assert.deepEqual(named, keys)
    for (const option of route.options ?? []) {
      const ref = `#/components/parameters/${option}`
      assert.ok(
        operation.parameters.some(({ $ref }) => $ref === ref),
        `${route.path} ${option}`,
      )
    }
  }
  const counted = routes.filter(({ options }) => options?.includes('count'))
  assert.equal(operations.length, routes.length + counted.length)
})

test('each GET says what it answers, and each change that takes something what that is [G1]', () => {
  const silent = routes.filter(({ method, answer }) => method === 'GET' && answer === undefined)
  assert.deepEqual(
    silent.map(({ path }) => path),
    [],
  )
  const open = routes.filter(({ method, body }) => /^(?:PATCH|PUT)$/.test(method) && !body)
  assert.deepEqual(
    open.map(({ path }) => path),
    [],
  )
})

test('no operation has the name of another, and every reference leads somewhere', () => {
  const names = operations.map(({ operation }) => operation.operationId)
  assert.equal(new Set(names).size, names.length)
  const references = JSON.stringify(beta).matchAll(/"\$ref":"#\/([^"]+)"/g)
  let followed = 0
  for (const [, reference = ''] of references) {
    let at: unknown = beta
    for (const name of reference.split('/'))
      at = (at as Record<string, unknown> | undefined)?.[name]
    assert.ok(at, reference)
    followed++
  }
  assert.ok(followed > 100)
})

/** A shape of the description as something that values are held against. */
function shapeOf(schema: object): z.ZodType {
  const $defs = JSON.parse(
    JSON.stringify(beta.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
  )
  const rewritten = JSON.parse(
    JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'),
  )
  return z.fromJSONSchema({ ...rewritten, $defs })
}

test('answers are as the description says [G1]', async () => {
  const complex = await publishWildcard(api, 'described.net')
  const id = await instantiate(api, 'Described')
  for (const [template, path] of [
    ['/applications/{application}', complex],
    ['/applications/{application}', `/beta/applications/${id}`],
    ['/applications/{application}/onPremisesPublishing', `${complex}/onPremisesPublishing`],
    ['/servicePrincipals', '/beta/servicePrincipals'],
    ['/applicationTemplates', '/beta/applicationTemplates'],
    ['/auditLogs/directoryAudits', '/beta/auditLogs/directoryAudits'],
  ] as const) {
    const { body } = await api.call('GET', path)
    const schema =
      beta.paths[template]?.['get']?.responses['200']?.content?.['application/json']?.schema
    assert.ok(schema)
    const read = shapeOf(schema).safeParse(body)
    assert.ok(read.success, `${path} ${read.error && z.prettifyError(read.error)}`)
    assert.equal(shapeOf(schema).safeParse({ value: [7], id: 7 }).success, false)
  }
})

// Every request that docs/api.md shows, and every body in its prose.
const page = readFileSync('docs/api.md', 'utf8')
const examples = [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) =>
  block
    .replaceAll('\\\n', ' ')
    .split(/(?=\bcurl )/)
    .flatMap((command) => {
      const path = /\$API\/(?:beta|v1\.0)(\/[^"\s?]*)/.exec(command)?.[1]
      if (path === undefined) return []
      const quoted = /-d '(\s*\{[^']*)'/s.exec(command)?.[1]
      const body = quoted ?? /-d "((?:[^"\\]|\\.)*)"/s.exec(command)?.[1]?.replace(/\\(.)/g, '$1')
      const method = /-X ([A-Z]+)/.exec(command)?.[1] ?? (body === undefined ? 'GET' : 'POST')
      return [{ method, path, body }]
    }),
)
assert.ok(examples.length >= 4)

for (const { method, path, body } of examples) {
  test(`the example ${method} ${path} of docs/api.md is as the description wants it [G1]`, () => {
    const id = '00000000-0000-0000-0000-000000000001'
    const names = path
      .replace(/\$[A-Z]+/g, id)
      .replaceAll('\\$', '$')
      .split('/')
    const [, methods] =
      Object.entries(beta.paths).find(([template]) => {
        const wanted = template.split('/')
        const fits = (name: string, at: number) => name.startsWith('{') || name === names[at]
        return wanted.length === names.length && wanted.every(fits)
      }) ?? []
    const operation = methods?.[method.toLowerCase()]
    assert.ok(operation, 'there is no such operation')
    const schema = operation.requestBody?.content['application/json'].schema
    assert.equal(schema !== undefined, body !== undefined)
    if (!schema || body === undefined) return
    const sent = JSON.parse(body.replace(/\$[A-Z]+/g, id))
    const read = shapeOf(schema).safeParse(sent)
    assert.ok(read.success, read.error ? z.prettifyError(read.error) : '')
    assert.equal(shapeOf(schema).safeParse({ ...sent, noSuchProperty: 1 }).success, false)
  })
}
