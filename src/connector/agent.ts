import { createPrivateKey } from 'node:crypto'
import type { AgentOptions } from './agent-options.ts'
import { EdgeKeeper } from './edge-keeper.ts'

/** Holds links to each edge for ever, until `signal` is aborted. Resolves when all are drained. Never rejects. [K4] */
export async function runAgent(options: AgentOptions): Promise<void> {
  const privateKey = createPrivateKey(options.identity.privateKey)
  await Promise.all(options.edges.map((edge) => new EdgeKeeper(options, privateKey, edge).run()))
}
