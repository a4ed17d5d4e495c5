import type { Certificate, Connector, LiveRequest } from '../api/types.ts'
import type { ListedApplication } from '../applications/applications.ts'
import { doctorPath } from '../parts/doctor-path.ts'

/** Something an administrator should look at, the worst first. */
export interface Concern {
  readonly severity: 'error' | 'warning'
  readonly title: string
  readonly detail: string
  /** Where it is looked at. */
  readonly path: string
}

/** What was read about the whole of it. */
export interface Facts {
  readonly applications: readonly ListedApplication[]
  readonly connectors: readonly Connector[]
  readonly certificates: readonly Certificate[]
  /** Refused cross-origin calls, the latest first. */
  readonly refused: readonly LiveRequest[]
  readonly now: number
}

const dayMs = 86_400_000
// Whoever renews by hand needs a few weeks.
const expiryDays = 30

/** Everything that needs attention. */
export function findConcerns(facts: Facts): readonly Concern[] {
  const all = [
    ...connectorConcerns(facts),
    ...applicationConcerns(facts),
    ...refusalConcerns(facts),
    ...certificateConcerns(facts),
  ]
  return all.sort((a, b) => rank(a) - rank(b))
}

function rank({ severity }: Concern): number {
  return severity === 'error' ? 0 : 1
}

function connectorConcerns({ connectors }: Facts): Concern[] {
  const served = connectors.filter(({ isDrained }) => isDrained !== true)
  const allDown = served.length > 0 && served.every(({ status }) => status === 'inactive')
  return served
    .filter(({ status }) => status === 'inactive')
    .map(({ machineName }) => ({
      severity: allDown ? 'error' : 'warning',
      title: `The connector ${machineName} is not connected`,
      detail: allDown ? 'Nothing is reachable.' : 'Others serve in its place.',
      path: '/connectors',
    }))
}

function applicationConcerns({ applications }: Facts): Concern[] {
  return applications.flatMap(({ application: { id, displayName }, status }): Concern[] => {
    const path = `/applications/${id}`
    if (status === 'unreachable') {
      const title = `${displayName} is not reachable`
      return [{ severity: 'error', title, detail: 'No connector gets through to it.', path }]
    }
    if (status === 'degraded') {
      const title = `${displayName} is reachable in part`
      return [
        { severity: 'warning', title, detail: 'Some connectors do not get through to it.', path },
      ]
    }
    if (status !== 'maintenance') return []
    const title = `${displayName} is in maintenance`
    return [{ severity: 'warning', title, detail: 'People see a page that says so.', path }]
  })
}

function refusalConcerns({ refused }: Facts): Concern[] {
  const kinds = Map.groupBy(refused, ({ origin, applicationDisplayName }) => {
    return `${origin} ${applicationDisplayName}`
  })
  return [...kinds.values()].flatMap((calls): Concern[] => {
    const [latest] = calls
    if (!latest) return []
    return [
      {
        severity: 'warning',
        title: `Calls to ${latest.applicationDisplayName ?? latest.url} are refused`,
        detail: `Pages of ${latest.origin} may not call it, ${timesText(calls.length)} lately.`,
        path: doctorPath({ request: latest.id }),
      },
    ]
  })
}

function timesText(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

function certificateConcerns({ certificates, now }: Facts): Concern[] {
  return certificates.flatMap(({ subjectName, expiryDate }): Concern[] => {
    const days = Math.floor((Date.parse(expiryDate) - now) / dayMs)
    if (days >= expiryDays) return []
    const path = '/certificates'
    if (days < 0) {
      const title = `The certificate ${subjectName} has expired`
      return [{ severity: 'error', title, detail: 'Browsers warn of the hosts it is for.', path }]
    }
    const title = `The certificate ${subjectName} expires soon`
    return [{ severity: 'warning', title, detail: `${days} days are left.`, path }]
  })
}
