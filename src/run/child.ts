import { type ChildProcess, spawn } from 'node:child_process'
import { openSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { failureMark } from './errors.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

// A child that has not ended by then is stuck; the whole demo has to be gone within 5 s.
const stopTimeoutMs = 2_000

// The sentence that a child ends with, and the log lines around it.
const wordsMax = 4_096

/** Another `sallyport` command as a process of its own, which ends when this one does. */
export interface Child {
  /** The JSON line that it prints when it is ready. Rejects with its last words when it ends before. */
  readonly ready: Promise<Record<string, unknown>>
  readonly exited: Promise<number | null>
  stop(): Promise<void>
}

/** Starts `sallyport <args> --json`; what it logs goes into `logFile`. Throws when that cannot be opened. */
export function startChild(args: readonly string[], logFile: string): Child {
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(process.execPath, [main, ...args, '--json'], {
    // The IPC channel closes when this process dies, however it dies; the child takes that as its end.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-wordsMax)
    appendTo(log, text)
  })
  // Not `exit`: the last words are still in the pipe by then.
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  const ready = readyLine(child.stdout as Readable, exited, () => words)
  return { ready, exited, stop: () => stop(child, exited) }
}

function appendTo(log: number, text: string): void {
  try {
    writeSync(log, text)
  } catch {
    // A full disk costs lines of the log, never the demo.
  }
}

async function readyLine(
  stdout: Readable,
  exited: Promise<number | null>,
  words: () => string,
): Promise<Record<string, unknown>> {
  const lines = createInterface({ input: stdout })
  const line = new Promise<string>((resolve) => lines.once('line', resolve))
  const first = await Promise.race([line, exited])
  if (typeof first === 'string') return JSON.parse(first) as Record<string, unknown>
  const [, sentence] = words().split(failureMark)
  throw new Error((sentence ?? words()).trim() || `ended with exit code ${first}`)
}

async function stop(child: ChildProcess, exited: Promise<number | null>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await exited
  clearTimeout(timer)
}

/** Resolves when the process is told to end: by a signal, or because its parent is gone. */
export function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
    process.once('disconnect', () => resolve())
    // The parent may have gone while our libraries were loaded; without one this is undefined.
    if (process.connected === false) resolve()
  })
}
