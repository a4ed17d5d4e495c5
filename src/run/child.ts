import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

// A child that has not ended by then is stuck; the whole demo has to be gone within 5 s.
const stopTimeoutMs = 4_000

/** Another `sallyport` command as a process of its own, which ends when this one does. */
export interface Child {
  /** The JSON line that it prints when it is ready. Rejects with its last words when it ends before. */
  readonly ready: Promise<Record<string, unknown>>
  readonly exited: Promise<number | null>
  stop(): Promise<void>
}

/** Starts `sallyport <args> --json`; what it logs goes into `logFile`. */
export function startChild(args: readonly string[], logFile: string): Child {
  const child = spawn(process.execPath, [main, ...args, '--json'], {
    // The IPC channel closes when this process dies, however it dies; the child takes that as its end.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const words: string[] = []
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 })
  child.stderr?.pipe(log)
  child.stderr?.on('data', (chunk: Buffer) => words.splice(0, words.length - 5, chunk.toString()))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { ready: readyLine(child, exited, words), exited, stop: () => stop(child, exited) }
}

async function readyLine(
  child: ChildProcess,
  exited: Promise<number | null>,
  words: readonly string[],
): Promise<Record<string, unknown>> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const line = new Promise<string>((resolve) => lines.once('line', resolve))
  const first = await Promise.race([line, exited])
  if (typeof first === 'string') return JSON.parse(first) as Record<string, unknown>
  throw new Error(words.join('').trim() || `ended with exit code ${first}`)
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
  })
}
