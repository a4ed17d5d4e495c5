import { pino, stdSerializers } from 'pino'
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

/** A log to stderr for the process called `name`, `fields` in every line; level from SALLYPORT_LOG (default `info`). */
export function createLog(name: string, fields: object = {}): Log {
  return pino(
    { name, level: process.env['SALLYPORT_LOG'] ?? 'info', base: { name, ...fields }, serializers },
    new LogOutput(stderrFd),
  )
}

const nothing = (): void => {}

/** Discards everything; for callers that do not care. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
