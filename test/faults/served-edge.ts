import { join } from 'node:path'
import { CountingBackend } from '../counting-backend.ts'
import { temporaryFolder } from '../folder.ts'
import { type EdgeOptions, type RunningEdge, startConnector, startEdge } from '../pieces.ts'
import type { RunningCommand } from '../process.ts'
import { publish, type WorldUser } from '../world.ts'

export const alice: WorldUser = {
  userPrincipalName: 'alice@contoso.localhost',
  password: 'correct horse battery staple',
}

/** An edge with a connector, and one application published twice: for everybody, and for those who signed in. */
export interface ServedEdge {
  readonly edge: RunningEdge
  readonly connector: RunningCommand
  readonly application: CountingBackend
  readonly folder: string
  readonly open: string
  readonly openId: string
  readonly guarded: string
}

/** Starts all of it; `cleanUp` ends it, the edge only if it is the first one still. */
export async function startServedEdge(
  cleanUp: AsyncDisposableStack,
  options: EdgeOptions = {},
): Promise<ServedEdge> {
  const folder = cleanUp.use(await temporaryFolder()).path
  const application = cleanUp.use(await new CountingBackend().listen())
  const edge = cleanUp.use(await startEdge(join(folder, 'edge'), options))
  const connector = cleanUp.use(await startConnector(edge, join(folder, 'connector')))
  await edge.graph.call('POST', '/users', {
    ...{ displayName: 'Alice', accountEnabled: true, mailNickname: 'alice' },
    userPrincipalName: alice.userPrincipalName,
    passwordProfile: { password: alice.password },
  })
  const internalUrl = `http://127.0.0.1:${application.port}/`
  const [open, guarded] = [edge.external('open'), edge.external('guarded')]
  const openId = await publish(edge.graph, 'Open', {
    externalAuthenticationType: 'passthru',
    externalUrl: open,
    internalUrl,
  })
  await publish(edge.graph, 'Guarded', { externalUrl: guarded, internalUrl })
  return { edge, connector, application, folder, open, openId, guarded }
}
