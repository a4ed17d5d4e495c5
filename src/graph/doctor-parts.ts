import type { DirectoryState } from '../directory/directory.ts'
import type { DoctorParts } from '../doctor/page-call.ts'
import { compileConditionalAccess } from '../policy/compile.ts'
import { compileRoutes } from '../publishing/route-table.ts'
import type { Call } from './call.ts'

type Compiled = Pick<DoctorParts, 'applications' | 'routes' | 'access' | 'conditionalAccess'>

// The directory gives the same state until something changes; 100,000 segments take a tenth of a second.
const compiled = new WeakMap<DirectoryState, Compiled>()

/** What the edge decides from now. */
export async function doctorParts(call: Call): Promise<DoctorParts> {
  const { directory, countryOf, ownOrigins } = call
  const state = await directory.state()
  const known = compiled.get(state) ?? compile(state, directory.limits)
  compiled.set(state, known)
  return { ...known, countryOf, ownOrigins, limits: directory.limits, now: call.clock() }
}

function compile(
  { applications, access, policies }: DirectoryState,
  { reservedHosts }: Call['directory']['limits'],
): Compiled {
  return {
    applications,
    access,
    routes: compileRoutes(applications, reservedHosts),
    conditionalAccess: compileConditionalAccess(policies, applications),
  }
}
