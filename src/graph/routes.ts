import { withReferences } from './references.ts'
import type { Route } from './route.ts'
import { applicationRoutes } from './routes/applications.ts'
import { assignmentRoutes } from './routes/assignments.ts'
import { auditLogRoutes } from './routes/audit-logs.ts'
import { batchRoutes } from './routes/batch.ts'
import { conditionalAccessRoutes } from './routes/conditional-access.ts'
import { configurationRoutes } from './routes/configuration.ts'
import { connectorRoutes } from './routes/connectors.ts'
import { directoryObjectRoutes } from './routes/directory-objects.ts'
import { doctorRoutes } from './routes/doctor.ts'
import { edgeRoutes } from './routes/edge.ts'
import { groupRoutes } from './routes/groups.ts'
import { identityProviderRoutes } from './routes/identity-providers.ts'
import { ownerRoutes } from './routes/owners.ts'
import { peopleRoutes } from './routes/people.ts'
import { publishingRoutes } from './routes/publishing.ts'
import { requestRoutes } from './routes/requests.ts'
import { revisionRoutes } from './routes/revisions.ts'
import { principalRoutes } from './routes/service-principals.ts'
import { lifetimeRoutes } from './routes/token-lifetimes.ts'

/** The whole API; each area's rows stand in `routes/`. */
export const routes: readonly Route[] = [
  ...batchRoutes,
  ...applicationRoutes,
  ...publishingRoutes,
  ...connectorRoutes,
  ...edgeRoutes,
  ...principalRoutes,
  ...assignmentRoutes,
  ...directoryObjectRoutes,
  ...lifetimeRoutes,
  ...peopleRoutes,
  ...ownerRoutes,
  ...groupRoutes,
  ...identityProviderRoutes,
  ...conditionalAccessRoutes,
  ...auditLogRoutes,
  ...revisionRoutes,
  ...configurationRoutes,
  ...doctorRoutes,
  ...requestRoutes,
].flatMap(withReferences)
