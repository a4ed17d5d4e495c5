import { type JsonSchema, jsonSchemaOf, namedSchemas } from './openapi-schema.ts'
import { openersOf } from './permissions.ts'
import type { QueryOption } from './query.ts'
import { errorEnvelope } from './resource/error.ts'
import type { Route } from './route.ts'
import { routes } from './routes.ts'

type Version = 'beta' | 'v1.0'

/** The API of one version as an OpenAPI 3.1 document, made of the rows that answer (routes.ts). `baseUrl` is without version. */
export function describeApi(baseUrl: string, version: Version): object {
  const served = routes.filter(({ versions }) => version === 'beta' || versions !== 'beta')
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sallyport management API',
      version,
      description:
        "The shape of Microsoft Graph: paths in any case, keys as `/{id}` or `('{id}')`, errors in one envelope.",
    },
    servers: [{ url: `${baseUrl.replace(/\/$/, '')}/${version}` }],
    security: [{ bearer: [] }],
    paths: pathsOf(served),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      parameters,
      responses: {
        error: { description: 'What is wrong.', ...json(jsonSchemaOf(errorEnvelope, 'output')) },
      },
      schemas: namedSchemas(),
    },
  }
}

function pathsOf(served: readonly Route[]): Record<string, object> {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of served) {
    const path = templateOf(route.path)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
    if (route.options?.includes('count')) paths[`${path}/$count`] = { get: countOf(route) }
  }
  return paths
}

function templateOf(path: string): string {
  return path.replace(/:([a-z]+)/g, '{$1}')
}

function operationOf(route: Route): object {
  const { method, path, body, area } = route
  const use = route.use ?? (method === 'GET' ? 'read' : 'write')
  return {
    operationId: nameOf(method.toLowerCase(), path),
    summary: summaryOf(route),
    tags: [path.split('/')[1]],
    'x-permissions': openersOf(area, use),
    ...(route.forOwners && { 'x-for-owners': true }),
    parameters: parametersOf(route),
    ...(body && {
      requestBody: { required: true, ...json(jsonSchemaOf(body, 'input')) },
    }),
    responses: responsesOf(route),
  }
}

function countOf(route: Route): object {
  const { path } = route
  const options = (['filter', 'search'] as const).filter((each) => route.options?.includes(each))
  return {
    operationId: nameOf('count', path),
    summary: `How many ${lastName(path)} there are`,
    tags: [path.split('/')[1]],
    parameters: [...keysOf(path), ...options.map((option) => parameter(option))],
    responses: {
      200: {
        description: 'The number.',
        content: { 'text/plain': { schema: { type: 'string' } } },
      },
      default: { $ref: '#/components/responses/error' },
    },
  }
}

// applications/{application}/connectorGroup/$ref → getApplicationsByApplicationConnectorGroupRef
function nameOf(method: string, path: string): string {
  const words = path.replaceAll('/:', '/by/').match(/[A-Za-z0-9]+/g) ?? []
  return method + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('')
}

const verbs = { POST: 'Create or do', PATCH: 'Change', PUT: 'Set', DELETE: 'Delete' } as const

function summaryOf({ method, path, options }: Route): string {
  const name = lastName(path)
  if (method !== 'GET') return `${verbs[method]}: ${name}`
  return `${options?.includes('top') ? 'List' : 'Read'} ${name}`
}

function lastName(path: string): string {
  const names = path.split('/').filter((name) => name !== '' && !name.startsWith(':'))
  return names.at(-1) === '$ref' ? `reference in ${names.at(-2)}` : (names.at(-1) ?? '')
}

function keysOf(path: string): object[] {
  return [...path.matchAll(/:([a-z]+)/g)].map(([, name]) => ({
    ...{ name, in: 'path', required: true },
    schema: { type: 'string', minLength: 1 },
  }))
}

function parametersOf(route: Route): object[] {
  const { method, path, options = [] } = route
  const isChange = method !== 'GET'
  const hasTag = isChange && method !== 'POST' && !path.endsWith('$ref')
  return [
    ...keysOf(path),
    ...options.map((option) => parameter(option)),
    ...(isChange ? [parameter('reason')] : []),
    ...(hasTag ? [parameter('ifMatch')] : []),
    ...(route.creates ? [parameter('prefer')] : []),
  ]
}

function parameter(name: Parameter): object {
  return { $ref: `#/components/parameters/${name}` }
}

function query(name: string, description: string, schema: object): object {
  return { name: `$${name}`, in: 'query', description, schema }
}

type Parameter = QueryOption | 'reason' | 'ifMatch' | 'prefer'

const text = { type: 'string' }
const whole = { type: 'integer', minimum: 0, maximum: 999_999_999 }

/** The options that rows name, and the fields that changes may carry. */
const parameters: Readonly<Record<Parameter, object>> = {
  select: query('select', 'Properties that are wanted, with commas.', text),
  filter: query('filter', "For example `displayName eq 'Wiki'`.", text),
  top: query('top', 'As many at most, 999 at most.', whole),
  skip: query('skip', 'As many are left out first.', whole),
  count: query('count', 'Whether to say how many there are.', { type: 'boolean' }),
  orderby: query('orderby', 'For example `displayName desc`.', text),
  search: query('search', 'For example `"displayName:wiki"`.', text),
  expand: query('expand', 'What is to be written in full, such as `members`.', text),
  skiptoken: query('skiptoken', 'Where the next page begins; only ever from a next link.', text),
  include: {
    ...{ name: 'include', in: 'query', description: 'What is wanted besides: `ids`, `users`.' },
    schema: text,
  },
  reason: {
    ...{ name: 'X-Change-Reason', in: 'header', description: 'For the audit trail.' },
    schema: { type: 'string', maxLength: 500, pattern: '^[\\x20-\\x7e]*$' },
  },
  prefer: {
    ...{ name: 'Prefer', in: 'header', description: '`create-if-missing` with a unique name.' },
    schema: { type: 'string' },
  },
  ifMatch: {
    ...{ name: 'If-Match', in: 'header', description: 'The ETag that the resource must have.' },
    schema: { type: 'string' },
  },
}

function responsesOf({ status, answer, options, media, creates }: Route): object {
  const isList = options?.includes('top')
  const schema = answer && jsonSchemaOf(answer, 'output')
  const shape = schema && isList ? listOf(schema) : schema
  // What a stream holds is told by the type of its events, which OpenAPI 3.1 has no words for.
  const body = shape && (media ? { content: { [media]: { schema: text } } } : json(shape))
  return {
    [status]: { description: status === 204 ? 'Done.' : 'The answer.', ...body },
    ...(creates && {
      201: { description: 'Made, as was preferred.', ...json(jsonSchemaOf(creates, 'output')) },
    }),
    default: { $ref: '#/components/responses/error' },
  }
}

function listOf(items: JsonSchema): JsonSchema {
  const value = { type: 'array', items }
  const properties = {
    '@odata.context': text,
    '@odata.count': whole,
    '@odata.nextLink': { type: 'string', format: 'uri' },
    value,
  }
  return { type: 'object', properties, required: ['value'] }
}

function json(schema: JsonSchema): object {
  return { content: { 'application/json': { schema } } }
}
