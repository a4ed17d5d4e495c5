import { pino, stdSerializers, stdTimeFunctions } from 'pino'
import { levelVariable } from './log-level.ts'
import { LogOutput } from './log-output.ts'

const stderrFd = 2

// pino writes an Error under any other name as `{}`.
const serializers = { error: stdSerializers.err }

/** The part of pino that Sallyport uses: one JSON line per event. */
export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
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
