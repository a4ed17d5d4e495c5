import { openSync } from 'node:fs'
import type { Log } from '../base/log.ts'
import { LogOutput } from '../base/log-output.ts'
import type { Recorder } from '../edge/recorder.ts'
import { summaryOf } from '../edge/request-summary.ts'

const stdoutFd = 1
// Whoever reads along sees the file grow; nobody else has any business with who was where.
const fileMode = 0o600
// The log is to say that lines are lost, not to be filled by it.
const lossIntervalMs = 10_000

/**
 * One JSON line for each request that is over, into a file (`-`: standard output), until told to stop. A reader that is too
 * slow costs lines, which are counted, and never a request. SIGHUP opens the file anew, for those that rotate it. Throws
 * the system's error when it cannot be opened. [D4]
 */
export function keepAccessLog(path: string, recorder: Recorder, log: Log): () => void {
  const isFile = path !== '-'
  const open = () => openSync(path, 'a', fileMode)
  const output = new LogOutput(isFile ? open() : stdoutFd)
  let lost = 0
  const stopHearing = recorder.onOver((recording) => {
    const line = `${JSON.stringify(summaryOf(recorder.factsOf(recording)))}\n`
    if (!output.write(line)) lost++
  })
  const timer = setInterval(() => {
    if (lost > 0)
      log.warn({ lost }, 'lines of the access log are lost: it is not written fast enough')
    lost = 0
  }, lossIntervalMs)
  timer.unref()
  const reopen = () => {
    try {
      output.moveTo(open())
    } catch (error) {
      log.error({ error }, 'the access log cannot be opened anew; the file before is written on')
    }
  }
  if (isFile) process.on('SIGHUP', reopen)
  return () => {
    stopHearing()
    clearInterval(timer)
    process.off('SIGHUP', reopen)
  }
}
