import type { Connector } from '../api/types.ts'
import type { OriginHealth } from './connectors.ts'

/** What became of an enrolment token. */
export interface EnrolmentToken {
  readonly id: string
  readonly expiresDateTime: string
  readonly usedDateTime: string | null
  readonly connectorId: string | null
}

/** One step on a new connector's way, and what to look at while it is not there. */
export interface ArrivalStep {
  readonly title: string
  readonly state: 'done' | 'waiting' | 'failed' | 'later'
  readonly detail: string
}

/** What is known of a connector that is awaited; undefined is what has not been seen yet. */
export interface Arrival {
  readonly token: EnrolmentToken | undefined
  readonly connector: Connector | undefined
  readonly health: readonly OriginHealth[] | undefined
  /** Whether any application of the group has an address that can be tried ahead. */
  readonly hasPaths: boolean
  /** Epoch milliseconds. */
  readonly now: number
}

/** The steps in their order: the first that is not done waits, those after it come later. */
export function arrivalSteps(arrival: Arrival): readonly ArrivalStep[] {
  const steps = [edgeStep(arrival), enrolledStep(arrival), tunnelStep(arrival), pathsStep(arrival)]
  const first = steps.findIndex(({ state }) => state !== 'done')
  return steps.map((step, index) =>
    first === -1 || index <= first ? step : { ...step, state: 'later' },
  )
}

function edgeStep({ token, now }: Arrival): ArrivalStep {
  const title = 'TLS: it reaches the edge and knows it by its certificate'
  if (token?.usedDateTime) return { title, state: 'done', detail: '' }
  if (token && Date.parse(token.expiresDateTime) <= now) {
    return { title, state: 'failed', detail: 'The token has expired unused. Make another one.' }
  }
  const detail =
    'Run the command. If it stays grey: its machine has to get out to the edge, directly or by --proxy; what it prints says what is in the way.'
  return { title, state: 'waiting', detail }
}

function enrolledStep({ token, connector }: Arrival): ArrivalStep {
  const title = 'Token used: it has a key of its own'
  if (!token?.usedDateTime) {
    const detail = 'A token works once. If it is refused, make another one.'
    return { title, state: 'waiting', detail }
  }
  return { title, state: 'done', detail: connector ? `It is ${connector.machineName}.` : '' }
}

function tunnelStep({ connector }: Arrival): ArrivalStep {
  const title = 'Tunnel up: it takes requests'
  if (connector?.isDrained) {
    return { title, state: 'failed', detail: 'Somebody took it out of service.' }
  }
  if (connector?.status === 'active') {
    return { title, state: 'done', detail: `From ${connector.externalIp}.` }
  }
  const detail =
    'It enrolled and is not connected. If it stays grey: something on the way lets nothing but HTTP pass (it then tries a WebSocket by itself), or the process has ended.'
  return { title, state: 'waiting', detail }
}

function pathsStep({ health, hasPaths }: Arrival): ArrivalStep {
  const title = 'Data path: it reaches the applications'
  if (health === undefined || (hasPaths && health.length === 0))
    return { title, state: 'waiting', detail: 'It looks at each of them.' }
  const missed = health.filter(({ isReached }) => !isReached)
  if (missed.length === 0) {
    const detail =
      health.length === 0
        ? 'No application of this group has an address that can be tried ahead.'
        : `All ${health.length}.`
    return { title, state: 'done', detail }
  }
  const names = missed.map(({ origin, reason }) => `${origin} (${reason})`).join(', ')
  return { title, state: 'failed', detail: `Not reached from there: ${names}.` }
}
