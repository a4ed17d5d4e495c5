import type { DoctorParts } from '../doctor/page-call.ts'
import { compileConditionalAccess } from '../policy/compile.ts'
import { compileRoutes } from '../publishing/route-table.ts'
import type { Call } from './call.ts'

/** What the edge decides from now. */
export async function doctorParts(call: Call): Promise<DoctorParts> {
  const { applications, access, policies } = await call.directory.state()
  return {
    applications,
    limits: call.directory.limits,
    routes: compileRoutes(applications),
    access,
    conditionalAccess: compileConditionalAccess(policies, applications),
    countryOf: call.countryOf,
    ownOrigins: call.ownOrigins,
    now: call.clock(),
  }
}
