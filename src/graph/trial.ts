import { failed, type Issue, type Parsed } from '../base/check.ts'
import { Fault } from '../base/fault.ts'
import type { Change } from '../directory/change.ts'
import type { Call } from './call.ts'
import { invalid } from './refusal.ts'
import { type Reading, withMeaning } from './shape/body.ts'

/**
 * All that is wrong with a change of which these issues are known: the directory tries what could be read of it and tells what
 * it would refuse, and nothing of it is kept. `target` turns its paths into the caller's. [G4]
 */
export async function withTrial(
  call: Call,
  known: readonly Issue[],
  target: (path: string) => string,
  attempt: ((trial: Change) => Promise<Parsed<unknown>>) | undefined,
): Promise<readonly Issue[]> {
  const more = attempt ? await issuesOfTrial(attempt, { ...call.change, isTrial: true }) : []
  return withMeaning(
    known,
    more.map((issue) => ({ ...issue, path: target(issue.path) })),
  )
}

async function issuesOfTrial(
  attempt: (trial: Change) => Promise<Parsed<unknown>>,
  trial: Change,
): Promise<readonly Issue[]> {
  try {
    const tried = await attempt(trial)
    return failed(tried) ? tried.issues : []
  } catch (thrown) {
    // What was filled in for something unreadable may be what it stumbles over; what is known is enough then.
    if (thrown instanceof Fault && thrown.code === 'invalid') return []
    throw thrown
  }
}

/**
 * Makes a change of what was sent, or throws a Refusal that names everything wrong: with its form, and with what it says beside
 * everything else there is. [G4]
 */
export async function changeBy<Sent, Value>(
  call: Call,
  { value: sent, issues }: Reading<Sent>,
  attempt: (sent: Sent, change: Change) => Promise<Parsed<Value>>,
  target: (path: string) => string = (path) => path.replace(/^\//, ''),
): Promise<Value> {
  if (sent === undefined) throw invalid(issues)
  if (issues.length > 0) {
    throw invalid(await withTrial(call, issues, target, (trial) => attempt(sent, trial)))
  }
  const changed = await attempt(sent, call.change)
  if (!failed(changed)) return changed.value
  throw invalid(changed.issues.map((issue) => ({ ...issue, path: target(issue.path) })))
}
