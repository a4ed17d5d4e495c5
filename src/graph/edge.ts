import type { Call, Reply } from './call.ts'

/** GET /edge */
export async function getEdge(call: Call): Promise<Reply> {
  return { status: 200, body: { '@odata.context': `${call.metadataUrl}#edge`, ...call.edge } }
}
