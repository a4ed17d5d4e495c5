import type { Api } from './api.ts'
import { Failure } from './failure.ts'
import { nearest } from './nearest.ts'
import type { Problem } from './problem.ts'
import { listAt, type Resource, textAt, valueAt } from './resource.ts'

/** Which part of a document has the names that a reference can mean, by the edge's code for one that means nothing. */
const partOfCode: Readonly<Record<string, string>> = {
  'unknown-connector-group': 'connectorGroups',
  'unknown-user': 'users',
  'unknown-group': 'groups',
  'unknown-named-location': 'namedLocations',
  'unknown-token-lifetime-policy': 'tokenLifetimePolicies',
  'unknown-application': 'applications',
  'unknown-app-id': 'applications',
  'unknown-service-principal': 'applications',
  'unknown-policy': 'conditionalAccessPolicies',
  'unknown-directory-role': 'directoryRoles',
}

/** The problems with what may have been meant: names of properties, their values, and what the edge and the document know. */
export async function addHints(
  api: Api,
  problems: readonly Problem[],
  document: Resource,
): Promise<readonly Problem[]> {
  const isProperty = ({ code }: Problem) => code === 'unknown-property' || code === 'invalid-value'
  const isName = ({ code }: Problem) => Object.hasOwn(partOfCode, code)
  const schema = problems.some(isProperty) ? await look(api, '/configuration/schema.json') : {}
  const known = problems.some(isName) ? await look(api, '/configuration?include=users') : {}
  return problems.map((problem) => {
    const { path = '', code } = problem
    const parts = path.split('/')
    const written = code === 'unknown-property' ? parts.at(-1) : textAt(document, path)
    const candidates =
      code === 'unknown-property'
        ? shapesAt(schema, parts.slice(0, -1)).flatMap(propertiesOf)
        : isProperty(problem)
          ? shapesAt(schema, parts).flatMap(wordsOf)
          : namesOf(partOfCode[code], [known, document])
    const near = nearest(written ?? '', candidates)
    return near.length > 0 ? { ...problem, nearest: near } : problem
  })
}

/** A hint is worth a call, but not a failure. */
async function look(api: Api, path: string): Promise<Resource> {
  try {
    return await api.get(path)
  } catch (thrown) {
    if (thrown instanceof Failure) return {}
    throw thrown
  }
}

function namesOf(part: string | undefined, documents: readonly Resource[]): readonly string[] {
  if (part === undefined) return []
  const all = documents.flatMap((document) => listAt(document, part))
  return all.flatMap((item) =>
    ['userPrincipalName', 'displayName', 'name'].map((name) => textAt(item, name)).filter(Boolean),
  )
}

/** The JSON Schemas that hold at a path of the document. */
function shapesAt(schema: unknown, path: readonly string[]): readonly Resource[] {
  let shapes = unfold(schema)
  for (const name of path.filter((part) => part !== '')) {
    shapes = shapes.flatMap((shape) =>
      unfold(/^\d+$/.test(name) ? shape['items'] : valueAt(shape['properties'], name)),
    )
  }
  return shapes
}

function unfold(schema: unknown): readonly Resource[] {
  if (typeof schema !== 'object' || schema === null) return []
  const { anyOf, oneOf } = schema as { readonly anyOf?: unknown; readonly oneOf?: unknown }
  const choices = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : undefined
  return choices ? choices.flatMap(unfold) : [schema as Resource]
}

function propertiesOf(shape: Resource): readonly string[] {
  return Object.keys(Object(shape['properties']))
}

function wordsOf(shape: Resource): readonly string[] {
  const words = Array.isArray(shape['enum']) ? shape['enum'] : [shape['const']]
  return words.filter((word) => typeof word === 'string')
}
