import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

// A cold start on a loaded machine takes a few seconds; a start that takes this long is broken.
const readyTimeoutMs = 30_000

// Graceful shutdown has to fit in here; after that the whole group is killed and the test fails.
const stopTimeoutMs = 15_000

// How often /proc is read while the last processes of a group disappear.
const goneCheckMs = 20

export interface CommandOptions {
  readonly cwd?: string
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
}

/** A running command in a process group of its own. Disposing stops it and checks that nothing of it is left. */
export class RunningCommand implements AsyncDisposable {
  readonly pid: number
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  readonly #exit: Promise<number | NodeJS.Signals>
  readonly #lines: string[] = []
  #stderr = ''
  #onLine: (line: string) => void = () => {}
  readonly #onOutput = new Set<() => void>()

  constructor(command: string, args: readonly string[], options: CommandOptions = {}) {
    this.#child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    // Without a process there is no group; the error event then tells the reason through `exit`.
    this.pid = this.#child.pid ?? 0
    this.#exit = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('close', (code, signal) => resolve(code ?? signal ?? 0))
    })
    this.#exit.catch(() => {}) // Whoever awaits exit, ready or stop is told.
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#lines.push(line)
      this.#onLine(line)
      for (const listener of this.#onOutput) listener()
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
      for (const listener of this.#onOutput) listener()
    })
  }

  /** The exit code, or the signal that ended it, once both outputs are closed. */
  get exit(): Promise<number | NodeJS.Signals> {
    return this.#exit
  }

  get stdout(): string {
    return this.#lines.join('\n')
  }

  get stderr(): string {
    return this.#stderr
  }

  /** The first line on stdout that `isReady` accepts. Rejects, with stderr, when the command ends or takes too long. */
  async line(isReady: (line: string) => boolean): Promise<string> {
    const found = this.#lines.find(isReady)
    if (found !== undefined) return found
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    this.#onLine = (line) => {
      if (isReady(line)) resolve(line)
    }
    const timer = setTimeout(() => reject(new Error(this.#report('is not ready'))), readyTimeoutMs)
    this.#exit.then(
      (code) => reject(new Error(this.#report(`ended with ${code}`))),
      (error: unknown) => reject(error),
    )
    return promise.finally(() => clearTimeout(timer))
  }

  /** Resolves when it has said `text` on either output; '' is any word. Rejects as `line` does. */
  async said(text: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const look = (): void => {
      const output = `${this.stdout}\n${this.#stderr}`
      if (output.length > 1 && output.includes(text)) resolve()
    }
    this.#onOutput.add(look)
    const late = (): void => reject(new Error(this.#report(`did not say ${text}`)))
    const timer = setTimeout(late, readyTimeoutMs)
    this.#exit.then(late, reject)
    look()
    await promise.finally(() => {
      clearTimeout(timer)
      this.#onOutput.delete(look)
    })
  }

  /** Waits until nothing of its group lives. Rejects with who is left after `ms`. */
  async gone(ms: number = stopTimeoutMs): Promise<void> {
    const left = await groupGone(this.pid, ms)
    if (left.length > 0) throw new Error(this.#report(`left behind: ${left.join(', ')}`))
  }

  /** Sends a signal to the command alone, as a supervisor does. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** SIGTERM to the command, SIGKILL to its group when it will not go. Rejects when either was needed in vain. */
  async stop(): Promise<void> {
    if (this.pid === 0) return
    this.signal('SIGTERM')
    const stubborn = !(await within(this.#exit, stopTimeoutMs))
    const left = stubborn ? groupMembers(this.pid) : await groupGone(this.pid)
    if (left.length === 0) return
    process.kill(-this.pid, 'SIGKILL')
    await this.#exit
    throw new Error(this.#report(`left processes behind after SIGTERM: ${left.join(', ')}`))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #report(what: string): string {
    return `${this.#child.spawnargs.join(' ')} ${what}\n${this.stdout}\n${this.#stderr}`
  }
}

/** `sallyport demo` as a person would start it, on free ports with its data in a temporary folder. */
export interface RunningDemo extends AsyncDisposable {
  readonly command: RunningCommand
  readonly dataFolder: string
  /** The JSON object it printed when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>
}

/** Starts the demo and waits for its ready line; extra arguments go to the end. Stops and cleans up when disposed. */
export async function startDemo(...args: readonly string[]): Promise<RunningDemo> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'sallyport-demo-'))
  const command = new RunningCommand(process.execPath, [
    ...['src/main.ts', 'demo', '--json', '--port', '0', '--data', dataFolder],
    ...args,
  ])
  const dispose = async (): Promise<void> => {
    await command.stop().finally(() => rm(dataFolder, { recursive: true, force: true }))
  }
  try {
    const ready = JSON.parse(await command.line((line) => line.startsWith('{')))
    return { command, dataFolder, ready, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** The live processes of a group as `pid name`; zombies hold nothing and do not count. Reads /proc, so Linux only. */
export function groupMembers(group: number): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(readProcess)
    .filter((found) => found?.group === group && found.state !== 'Z')
    .map((found) => `${found?.pid} ${found?.name}`)
}

function readProcess(pid: string) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // proc(5): pid (name) state parent group …; the name may hold spaces and brackets.
    const nameEnd = stat.lastIndexOf(')')
    const [state, , group] = stat.slice(nameEnd + 2).split(' ')
    return { pid, name: stat.slice(stat.indexOf('(') + 1, nameEnd), state, group: Number(group) }
  } catch {
    return undefined // It ended while we looked.
  }
}

/** Waits for the group to empty, at most `ms`; gives back who is left. */
async function groupGone(group: number, ms: number = stopTimeoutMs): Promise<string[]> {
  const deadline = Date.now() + ms
  for (;;) {
    const left = groupMembers(group)
    if (left.length === 0 || Date.now() > deadline) return left
    await new Promise((resolve) => setTimeout(resolve, goneCheckMs))
  }
}

async function within(event: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = AbortSignal.timeout(ms)
  const expired = once(timer, 'abort').then(() => false)
  return Promise.race([event.then(() => true), expired])
}
