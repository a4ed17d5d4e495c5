import { getAudit, getSignIn, listAudits, listSignIns } from '../audit-logs.ts'
import { logOptions } from '../query.ts'
import { directoryAudit, signIn } from '../resource/logs.ts'
import { get, item, list, type Route } from '../route.ts'

const logs = { area: 'log' } as const

/** Who changed what, and who signed in. */
export const auditLogRoutes: readonly Route[] = [
  get('/auditLogs/directoryAudits', listAudits, { ...logs, ...list }, directoryAudit),
  get('/auditLogs/directoryAudits/:audit', getAudit, { ...logs, ...item }, directoryAudit),
  get('/auditLogs/signIns', listSignIns, { ...logs, options: logOptions }, signIn),
  get('/auditLogs/signIns/:signin', getSignIn, { ...logs, ...item }, signIn),
]
