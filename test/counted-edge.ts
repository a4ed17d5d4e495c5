import { join } from 'node:path'
import { CountingBackend } from './counting-backend.ts'
import { temporaryFolder } from './folder.ts'
import { HttpClient } from './http-client.ts'
import { type EdgeOptions, type RunningEdge, startEdge } from './pieces.ts'
import { publish } from './world.ts'

/** An edge without a connector, an application that counts what arrives, open to everybody, and a client. */
export interface CountedEdge {
  readonly edge: RunningEdge
  readonly backend: CountingBackend
  readonly client: HttpClient
  /** For whatever else is started. */
  readonly folder: string
  /** The application's, from outside. */
  readonly url: string
}

/** Starts it; `cleanUp` ends it, the edge only if it is the first one still. */
export async function startCountedEdge(
  cleanUp: AsyncDisposableStack,
  options?: EdgeOptions,
): Promise<CountedEdge> {
  const folder = cleanUp.use(await temporaryFolder()).path
  const backend = cleanUp.use(await new CountingBackend().listen())
  const edge = cleanUp.use(await startEdge(join(folder, 'edge'), options))
  const client = cleanUp.use(new HttpClient({ ca: edge.ca }))
  const url = edge.external('app')
  await publish(edge.graph, 'Counting', {
    externalAuthenticationType: 'passthru',
    externalUrl: url,
    internalUrl: `http://127.0.0.1:${backend.port}/`,
  })
  return { edge, backend, client, folder, url }
}
