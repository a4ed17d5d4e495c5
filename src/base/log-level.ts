/** What says the least that is logged, to this process and those that it starts. */
export const levelVariable = 'SALLYPORT_LOG'

/** The least that is logged by loggers made from now on. Apart from the log, so that whoever only reads options need not load it. */
export function useLogLevel(level: string): void {
  process.env[levelVariable] = level
}
