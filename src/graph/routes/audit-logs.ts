import { getSignIn, listAudits, listSignIns } from '../audit-logs.ts'
import { logOptions } from '../query.ts'
import { get, item, list, type Route } from '../route.ts'

const logs = { area: 'log' } as const

/** Who changed what, and who signed in. */
export const auditLogRoutes: readonly Route[] = [
  get('/auditlogs/directoryaudits', listAudits, { ...logs, ...list }),
  get('/auditlogs/signins', listSignIns, { ...logs, options: logOptions }),
  get('/auditlogs/signins/:signin', getSignIn, { ...logs, ...item }),
]
