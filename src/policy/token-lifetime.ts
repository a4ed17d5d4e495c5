import { failed, type Issue, type Parsed } from '../base/check.ts'

/** How long an edge believes a session without asking the provider again, as a resource. [S6] */
export interface TokenLifetimePolicy {
  readonly id: string
  readonly displayName: string
  /** One JSON text, kept as it was written. */
  readonly definition: readonly string[]
  /** Holds for every application, whatever policy that has of its own. */
  readonly isOrganizationDefault: boolean
}

/** What holds for each application, in seconds; compiled from the policies. */
export interface TokenLifetimes {
  readonly organization: number | undefined
  readonly byApplication: ReadonlyMap<string, number>
}

// The limits of the original: its day ends at 23:59:59, and we take the 24th hour whole.
const lifetimeMinSeconds = 10 * 60
const lifetimeMaxSeconds = 24 * 60 * 60
/**
 * When no policy says anything. The original draws 60 to 90 minutes at random; an hour is its lower end, and what an
 * administrator can rely on. The edges spread their refreshes themselves.
 */
export const defaultTokenLifetimeSeconds: number = 60 * 60

/** Seconds that sessions of this application are believed. The organisation's policy wins over the application's own. */
export function tokenLifetimeSeconds(lifetimes: TokenLifetimes, applicationId: string): number {
  const { organization, byApplication } = lifetimes
  return organization ?? byApplication.get(applicationId) ?? defaultTokenLifetimeSeconds
}

// What the original knew before 2021 and has no effect any more, there or here.
const retired: ReadonlySet<string> = new Set([
  'MaxInactiveTime',
  'MaxAgeSingleFactor',
  'MaxAgeMultiFactor',
  'MaxAgeSessionSingleFactor',
  'MaxAgeSessionMultiFactor',
])

/** The `AccessTokenLifetime` in a policy's definition, in seconds, or everything that is wrong with it. */
export function parseTokenLifetime(definition: readonly string[]): Parsed<number> {
  const [text] = definition
  if (text === undefined || definition.length > 1) {
    return wrong('definition', 'one-definition', 'must hold exactly one JSON text')
  }
  const policy = readPolicy(text)
  if (failed(policy)) return policy
  const issues = Object.keys(policy.value)
    .filter((name) => !known.has(name) && !retired.has(name))
    .map((name) => issue(`definition/0/${name}`, 'unknown-property', 'is not a known property'))
  const { Version: version, AccessTokenLifetime: lifetime } = policy.value
  if (version !== 1) {
    issues.push(issue('definition/0/Version', 'version', 'must be 1'))
  }
  const seconds = readLifetime(lifetime)
  if (failed(seconds)) return { issues: [...issues, ...seconds.issues] }
  return issues.length > 0 ? { issues } : seconds
}

const known: ReadonlySet<string> = new Set(['Version', 'AccessTokenLifetime'])

function readPolicy(text: string): Parsed<Readonly<Record<string, unknown>>> {
  try {
    const { TokenLifetimePolicy: policy, ...others } = JSON.parse(text) ?? {}
    if (isObject(policy) && Object.keys(others).length === 0) return { value: policy }
  } catch {
    // No JSON: the sentence below says what is wanted.
  }
  return wrong('definition/0', 'definition', 'must be JSON: {"TokenLifetimePolicy":{…}}')
}

function readLifetime(written: unknown): Parsed<number> {
  const path = 'definition/0/AccessTokenLifetime'
  if (written === undefined) return wrong(path, 'required', 'is required')
  const seconds = typeof written === 'string' ? parseTimeSpan(written) : undefined
  if (seconds === undefined) {
    return wrong(path, 'time-span', 'must be a time span such as 8:00:00 or 0.08:00:00')
  }
  if (seconds < lifetimeMinSeconds || seconds > lifetimeMaxSeconds) {
    return wrong(path, 'range', 'must be from 10 minutes (00:10:00) to one day (23:59:59)')
  }
  return { value: seconds }
}

/**
 * The seconds in `D.HH:MM:SS`, the days optional. Parts may be above 59, as in the original's own example of `00:90:00`.
 * Undefined when it is none.
 */
export function parseTimeSpan(text: string): number | undefined {
  const match = /^(?:(\d{1,3})\.)?(\d{1,4}):(\d{1,4}):(\d{1,5})$/.exec(text)
  if (!match) return undefined
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0))
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function issue(path: string, code: string, message: string): Issue {
  return { path, code, message }
}

function wrong(path: string, code: string, message: string): Parsed<never> {
  return { issues: [issue(path, code, message)] }
}
