import { setTimeout as sleep } from 'node:timers/promises'
import { asFault } from '../base/fault.ts'
import type { Directory } from '../directory/directory.ts'
import type { Readiness } from '../signals/listener.ts'

// Supervisors give up after a second or two by themselves, and then nobody is told why.
const answerMaxMs = 900

/** Whether the directory answers. Never rejects. */
export async function askDirectory(directory: Pick<Directory, 'vitals'>): Promise<Readiness> {
  const late = new AbortController()
  try {
    const answer = directory.vitals().then(() => undefined)
    const reason = await Promise.race([
      answer,
      sleep(answerMaxMs, 'the directory does not answer', { signal: late.signal }),
    ])
    return reason === undefined ? { ready: true } : { ready: false, reasons: [reason] }
  } catch (thrown) {
    return { ready: false, reasons: [`the directory fails: ${asFault(thrown).code}`] }
  } finally {
    late.abort()
  }
}
