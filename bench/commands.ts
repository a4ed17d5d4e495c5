import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { type CommandOptions, RunningCommand } from '../test/process.ts'
import { onCore, type Role } from './cpu.ts'

// Whoever leaves early (Ctrl-C, a failed round) leaves nothing behind: groups are killed, folders removed, at exit.
const groups = new Set<number>()
const folders = new Set<string>()
// A TLS server in Go needs half a second on a loaded machine; the one that is not there by then has failed.
const listenTimeoutMs = 20_000
const listenPollMs = 20

let cleaning = false

/** Has everything that is still there when this process ends taken away; only SIGKILL it does not survive. */
function cleanUpAtExit(): void {
  if (cleaning) return
  cleaning = true
  process.once('exit', () => {
    for (const group of groups) killGroup(group)
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => process.exit(code))
  }
}

/** A folder of this run under the system's temporary one. */
export function temporaryFolder(): string {
  cleanUpAtExit()
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  folders.add(folder)
  return folder
}

/** Starts a long-running command on the core of its role, in a process group of its own. */
export function start(
  role: Role,
  command: readonly string[],
  options?: CommandOptions,
): RunningCommand {
  cleanUpAtExit()
  const [program, ...args] = onCore(role, command)
  const running = new RunningCommand(program as string, args, options)
  groups.add(running.pid)
  running.exit.finally(() => groups.delete(running.pid)).catch(() => {}) // Whoever waits for it is told.
  return running
}

/** The same, ready once it accepts connections at `port`. Rejects with what it said when it ends before. */
export async function startListening(
  role: Role,
  command: readonly string[],
  port: number,
  options?: CommandOptions,
): Promise<RunningCommand> {
  const running = start(role, command, options)
  const ended = running.exit.then((code) => {
    throw new Error(`${command.join(' ')} ended with ${code}\n${running.stdout}\n${running.stderr}`)
  })
  ended.catch(() => {}) // It ends some time; only now it would be wrong.
  await Promise.race([untilListening(port), ended])
  return running
}

/** Runs a command to its end on the core of its role; resolves to its stdout. Rejects when it fails. */
export async function run(role: Role, command: readonly string[]): Promise<string> {
  const [program, ...args] = onCore(role, command)
  const child = spawn(program as string, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const group = child.pid ?? 0
  if (group > 0) groups.add(group)
  const output = Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await once(child, 'close')
  groups.delete(group)
  const [stdout, stderr] = await output
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}\n${stdout}\n${stderr}`)
  return stdout
}

/** Ports that nobody has; they are asked for at once, so that they differ. */
export async function freePorts<Name extends string>(
  ...names: readonly Name[]
): Promise<Readonly<Record<Name, number>>> {
  const servers = names.map(() => createServer())
  const ports: number[] = []
  for (const server of servers) {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    ports.push((server.address() as AddressInfo).port)
  }
  for (const server of servers) await once(server.close(), 'close')
  const entries = names.map((name, i) => [name, ports[i]])
  return Object.fromEntries(entries) as Record<Name, number>
}

/** Resolves once something accepts connections there; programs that do not say that they are ready are asked. */
export async function untilListening(port: number): Promise<void> {
  const deadline = Date.now() + listenTimeoutMs
  while (!(await accepts(port))) {
    if (Date.now() > deadline) throw new Error(`nothing listens on port ${port}`)
    await delay(listenPollMs)
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const settle = (there: boolean): void => {
      socket.destroy()
      resolve(there)
    }
    socket.once('connect', () => settle(true))
    socket.once('error', () => settle(false))
  })
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
