import type { Caller } from './call.ts'
import { maxBodyBytes, readBytes } from './json.ts'
import { mayDoEverything } from './permissions.ts'
import type { Route } from './route.ts'
import { routes } from './routes.ts'
import type { Throttle } from './throttle.ts'

/** A body that may be large is read whole and paid for before anybody looks at it. Throws a Refusal: 413, 429 or 400. */
export async function holdBody(
  request: Request,
  { largeBody }: Route,
  { name, roles }: Caller,
  throttle: Throttle,
): Promise<Request> {
  if (!largeBody) return request
  const { maxBytes, unitsPerKib, freeForAll } = largeBody
  const bytes = await readBytes(request, maxBytes)
  const isFree = freeForAll === 'who may do everything' && mayDoEverything(roles)
  if (!isFree) throttle.take(name, Math.floor((bytes.byteLength / 1024) * unitsPerKib))
  const { url, method, headers, signal } = request
  return new Request(url, { method, headers, signal, body: new Uint8Array(bytes) })
}

const largeRoutes = routes.flatMap(({ method, path, largeBody }) => {
  const pattern = new RegExp(`^/(?:beta|v1\\.0)${path}/?$`, 'i')
  return largeBody
    ? [{ method, isAt: (pathname: string) => pattern.test(pathname), ...largeBody }]
    : []
})

/** How many bytes a body may have that is sent to this path of the API. */
export function bodyMaxBytesOf(method: string, pathname: string): number {
  const found = largeRoutes.find((each) => each.method === method && each.isAt(pathname))
  return found?.maxBytes ?? maxBodyBytes
}
