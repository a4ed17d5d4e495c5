import type { Change } from '../api/client.ts'
import type { CorsRule } from '../api/types.ts'
import { rulesPath } from '../applications/changes.ts'
import type { Cell } from './matrix.ts'

/** What a caller is to be allowed. */
export interface Grant {
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly credentials: boolean
  readonly isDryRun: boolean
}

/** What the caller has now, as a form begins with it. */
export function grantOf({ rules, methods, headers, credentials }: Cell): Grant {
  if (rules.length === 0) {
    return { methods: ['GET'], headers: [], credentials: true, isDryRun: false }
  }
  return { methods, headers, credentials, isDryRun: false }
}

/**
 * The call that gives the caller exactly this: the rule that is for nobody else is changed, or one is added for nobody
 * else. Rules that others share stay as they are.
 */
export function allowChange(applicationId: string, cell: Cell, grant: Grant): Change {
  const { caller, target } = cell
  const path = rulesPath(applicationId, target.segmentId)
  const set = {
    allowedMethods: grant.methods,
    allowedHeaders: grant.headers,
    allowCredentials: grant.credentials,
    mode: grant.isDryRun ? 'dryRun' : 'enforce',
  }
  const own = cell.rules.find((rule) => isOnlyFor(rule, caller.origin, target.resource))
  if (own) {
    const summary = `Changed what ${caller.origin} may call at ${where(cell)}`
    return { method: 'PATCH', path: `${path}/${own.id}`, body: set, summary }
  }
  const body = { resource: target.resource, allowedOrigins: [caller.origin], ...set }
  return { method: 'POST', path, body, summary: `${caller.origin} may call ${where(cell)}` }
}

/** The calls that take it away again, where rules name the caller; a star that takes in the caller stays. */
export function refuseChanges(applicationId: string, cell: Cell): readonly Change[] {
  const { caller, target } = cell
  const path = rulesPath(applicationId, target.segmentId)
  const summary = `${caller.origin} may no longer call ${where(cell)}`
  return cell.rules
    .filter(({ allowedOrigins }) => allowedOrigins.includes(caller.origin))
    .map(({ id, allowedOrigins }): Change => {
      const rest = allowedOrigins.filter((origin) => origin !== caller.origin)
      const rule = `${path}/${id}`
      if (rest.length === 0) return { method: 'DELETE', path: rule, summary }
      return { method: 'PATCH', path: rule, body: { allowedOrigins: rest }, summary }
    })
}

function isOnlyFor(rule: CorsRule, origin: string, resource: string): boolean {
  const [only, ...others] = rule.allowedOrigins
  return only === origin && others.length === 0 && rule.resource === resource
}

function where({ target: { url, resource } }: Cell): string {
  return resource === '/' ? url : url.replace(/\/$/, '') + resource
}
