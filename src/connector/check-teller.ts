import type { ConnectorCheck } from '../base/connector-check.ts'

export type Tell = (check: ConnectorCheck) => void

type Told = Pick<ConnectorCheck, 'verdict' | 'message' | 'fix'>

/** Runs one check and tells it with the time it took. Resolves to what `work` brought, undefined where it failed. */
export async function check<Value>(
  tell: Tell,
  { id, subject }: Pick<ConnectorCheck, 'id' | 'subject'>,
  work: () => Promise<{ readonly told: Told; readonly value?: Value }>,
  judge: (reason: string, thrown: unknown) => Told = (message) => ({ verdict: 'failed', message }),
): Promise<Value | undefined> {
  const started = performance.now()
  const took = () => ({ tookMs: Math.round(performance.now() - started) })
  try {
    const { told, value } = await work()
    tell({ id, subject, ...told, ...took() })
    return value
  } catch (thrown) {
    tell({ id, subject, ...judge(reasonOf(thrown), thrown), ...took() })
    return undefined
  }
}

export function passed(message: string): Told {
  return { verdict: 'passed', message }
}

export function warned(message: string, fix?: string): Told {
  return { verdict: 'warned', message, fix }
}

export function failed(message: string, fix?: string): Told {
  return { verdict: 'failed', message, fix }
}

/** What a thrown value says; of several attempts what the first one came to. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0)
    return reasonOf(thrown.errors[0])
  return thrown instanceof Error ? thrown.message : String(thrown)
}

export function codeOf(thrown: unknown): string {
  if (thrown instanceof AggregateError) return codeOf(thrown.errors[0])
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
}
