import { answerRoute } from './answer-route.ts'
import { toPlain } from './apart-call.ts'
import type { GraphOptions, Reply } from './call.ts'
import { asRefusal } from './refusal.ts'
import { routes } from './routes.ts'
import type { ApartAnswer, ApartCall } from './workshop.ts'

/** What is at hand where routes are answered apart: the directory, and nothing of a running edge. */
export type ApartOptions = Pick<
  GraphOptions,
  'directory' | 'providers' | 'servedPorts' | 'ownOrigins' | 'clock' | 'log'
>

/** Answers the routes that are `apart`, for callers who were let in by somebody else. Never rejects. */
export function createApart(options: ApartOptions): (call: ApartCall) => Promise<ApartAnswer> {
  return async (call) => {
    try {
      const { json, status, headers = {} } = encode(await answer(call, options))
      return { status, headers, json }
    } catch (thrown) {
      return { refusal: toPlain(asRefusal(thrown)) }
    }
  }
}

async function answer(call: ApartCall, options: ApartOptions): Promise<Reply> {
  const { method, path, url, headers, body, keys, version, caller, baseUrl } = call
  const route = routes.find((each) => each.method === method && each.path === path)
  if (!route?.apart) throw new Error(`${method} ${path} is not answered apart`)
  const request = new Request(url, {
    ...{ method, headers: headers.map(([name, value]) => [name, value] as [string, string]) },
    ...(body && { body }),
  })
  const asked = {
    ...{ request, keys, caller, path: { version, isCount: false } },
    dispatch: async () => onlyServing(),
    findCaller: async () => onlyServing(),
  }
  // What else there is concerns the running edge, which no route asks about that is `apart` (apart.test.ts calls them all).
  return answerRoute(asked, route, { ...options, baseUrl } as GraphOptions)
}

function onlyServing(): never {
  throw new Error('only the thread that serves can do this')
}

function encode(
  reply: Reply,
): Pick<Reply, 'status' | 'headers'> & { json: Uint8Array<ArrayBuffer> | undefined } {
  const { body, ...head } = reply
  const json = body && new TextEncoder().encode(JSON.stringify(body))
  return { ...head, json }
}
