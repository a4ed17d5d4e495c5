import { pino, stdTimeFunctions } from 'pino'
import { describeError } from './error-shape.ts'
import type { LogFields } from './log-fields.ts'
import { levelVariable } from './log-level.ts'
import { LogOutput } from './log-output.ts'

const stderrFd = 2

// pino's own would write every property of an error, and libraries hang answers and requests on theirs.
const serializers = { error: describeError }

/** No names but those of `LogFields`, whatever else the type of a variable has: nothing goes in whole by mistake. */
type OnlyKnown<Fields> = {
  readonly [Name in keyof Fields]: Name extends keyof LogFields ? Fields[Name] : never
}

type Write = <Fields extends LogFields>(fields: Fields & OnlyKnown<Fields>, message: string) => void

/** The part of pino that Sallyport uses: one JSON line per event. All messages stand in docs/log-messages.md. */
export interface Log {
  readonly debug: Write
  readonly info: Write
  readonly warn: Write
  readonly error: Write
}

/**
 * A log to stderr: `time`, `level`, `component` and `msg` in every line, `fields` too. The level is SALLYPORT_LOG's
 * (default `info`). What else stands there is in docs/signals.md.
 */
export function createLog(component: string, fields: object = {}): Log {
  return pino(
    {
      level: process.env[levelVariable] ?? 'info',
      base: { component, ...fields },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers,
    },
    new LogOutput(stderrFd),
  )
}

const nothing = (): void => {}

/** Discards everything; for callers that do not care. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
