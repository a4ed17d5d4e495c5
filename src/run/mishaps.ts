import { AssertionError } from 'node:assert'
import type { Log } from '../base/log.ts'

/**
 * Lets the process outlive what nobody caught: it cost one request, and ending would cost all. Only a broken invariant
 * ends it, because nobody knows what else is wrong then; whoever supervises it starts it again.
 */
export function outliveMishaps(log: Log): void {
  const judge = (error: unknown) => {
    const broken = isBrokenInvariant(error)
    log.error(
      { error },
      broken ? 'an invariant is broken, this process ends' : 'a mishap that nobody caught',
    )
    if (broken) process.exit(1)
  }
  process.on('unhandledRejection', judge)
  process.on('uncaughtException', judge)
}

/** An `assert` of ours, or one inside Node. */
export function isBrokenInvariant(error: unknown): boolean {
  if (error instanceof AssertionError) return true
  return error instanceof Error && 'code' in error && error.code === 'ERR_INTERNAL_ASSERTION'
}
