import { type Call, type Reply, replyPage } from './call.ts'
import { auditCollection } from './shape/audit.ts'

/** The newest entries that can be asked for here; older ones are in the database. */
const maxEntries = 10_000

/** GET /auditLogs/directoryAudits: every change, the newest first. [G4] */
export async function listAudits(call: Call): Promise<Reply> {
  return replyPage(call, auditCollection, await call.directory.audit(maxEntries))
}
