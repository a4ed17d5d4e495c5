import assert from 'node:assert/strict'
import { z } from 'zod'
import { parseApiPath } from './path.ts'
import { errorEnvelope } from './resource/error.ts'
import type { Route } from './route.ts'
import { routes } from './routes.ts'

/** The route that answers, for tests that hold an answer against what its row says; undefined where there is none. */
export function routeOf(method: string, pathname: string): Route | undefined {
  const parsed = parseApiPath(pathname)
  if (!parsed || parsed.isCount) return undefined
  const names = parsed.path.split('/')
  const fits = (route: Route) => {
    const wanted = route.path.toLowerCase().split('/')
    const isEqual = (name: string, at: number) => name.startsWith(':') || name === names[at]
    return route.method === method && wanted.length === names.length && wanted.every(isEqual)
  }
  const found = routes.filter(fits)
  // As the router has it: a name beats a key.
  return found.find(({ path }) => !path.split('/').at(-1)?.startsWith(':')) ?? found[0]
}

/** Fails where a success is not what the row of its route says: its status, and the shape of its body. */
export function checkAnswer(
  method: string,
  url: URL,
  answer: { readonly status: number; readonly headers: Headers; readonly body: unknown },
): void {
  if (answer.status >= 400) {
    const { error } = z.parse(errorEnvelope, answer.body)
    assert.equal(error.innerError['request-id'], answer.headers.get('request-id'))
    return
  }
  const route = answer.status < 300 ? routeOf(method, url.pathname) : undefined
  if (!route) return
  const { status, body, headers } = answer
  const isMade = status === 201 && route.creates !== undefined
  const place = `${method} ${route.path}`
  if (!headers.has('preference-applied')) assert.equal(status, route.status, place)
  if (body === undefined || (headers.has('preference-applied') && !isMade)) return
  const { options = [] } = route
  const shape = isMade ? route.creates : route.answer
  assert.ok(shape, `${place} answers a body, and its row says nothing of it`)
  const wanted = options.includes('top') ? pageOf(narrowed(shape, url)) : narrowed(shape, url)
  const read = wanted.safeParse(withoutContext(body))
  assert.ok(read.success, `${place}: ${read.error && z.prettifyError(read.error)}`)
}

function pageOf(shape: z.ZodType): z.ZodType {
  return z.strictObject({
    '@odata.count': z.int().optional(),
    '@odata.nextLink': z.url().optional(),
    value: z.array(shape),
  })
}

// What was selected is there, what was expanded comes on top.
function narrowed(shape: z.ZodType, { searchParams }: URL): z.ZodType {
  const has = (name: string) => searchParams.has(name) || searchParams.has(`$${name}`)
  if (!has('select') && !has('expand')) return shape
  const kinds = shape instanceof z.ZodUnion ? shape.options : [shape]
  const parts = kinds.map((kind) => {
    assert.ok(kind instanceof z.ZodObject)
    const part = kind.partial()
    return has('expand') ? part.loose() : part
  })
  return z.union(parts)
}

function withoutContext(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== '@odata.context'))
}
