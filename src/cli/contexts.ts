import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { failure } from './failure.ts'
import { type Resource, textAt, valueAt } from './resource.ts'

/** A sign-in at one edge, as it is kept between commands. */
export interface Context {
  readonly server: string
  /** The edge's authority in PEM, where it is not one that the machine knows. */
  readonly ca?: string | undefined
  readonly token?: string | undefined
  /** Epoch milliseconds. */
  readonly tokenExpiresAt?: number | undefined
  readonly refreshToken?: string | undefined
  readonly clientId?: string | undefined
}

export interface Contexts {
  readonly current: string | undefined
  readonly byName: Readonly<Record<string, Context>>
}

type Environment = Readonly<Record<string, string | undefined>>

/** Where sign-ins are kept (XDG Base Directory): a file that its owner alone can read. */
export function contextFile(environment: Environment): string {
  const folder = environment['XDG_CONFIG_HOME'] || join(environment['HOME'] || homedir(), '.config')
  return join(folder, 'sallyport', 'config.json')
}

/** The sign-ins of this person; none where there is no file. Throws a Failure when there is one that cannot be read. */
export async function readContexts(environment: Environment): Promise<Contexts> {
  const file = contextFile(environment)
  try {
    const read: unknown = JSON.parse(await readFile(file, 'utf8'))
    const contexts = (valueAt(read, 'contexts') ?? {}) as Readonly<Record<string, Resource>>
    const names = Object.keys(contexts).filter((name) => textAt(contexts[name], 'server') !== '')
    return {
      current: textAt(read, 'current') || undefined,
      byName: Object.fromEntries(names.map((name) => [name, contexts[name] as unknown as Context])),
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      return { current: undefined, byName: {} }
    const why = cause instanceof SyntaxError ? 'holds no JSON' : 'cannot be read'
    throw failure('config-unreadable', `${file} ${why}. Mend it or delete it, then sign in again.`)
  }
}

/** Keeps them, whole or not at all. */
export async function writeContexts(environment: Environment, contexts: Contexts): Promise<void> {
  const file = contextFile(environment)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const { current, byName } = contexts
  const text = JSON.stringify({ current, contexts: byName }, null, 2)
  // Two commands at a time must not write into each other's draft.
  const draft = `${file}.${process.pid}.new`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(`${text}\n`)
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}

// A renewal is one exchange with the edge; whoever holds on for longer has died over it.
const lockMaxMs = 15_000
const lockCheckMs = 50

/**
 * Lets one command at a time renew a sign-in. A refresh token is good once: two that use the same one look like a thief and its
 * owner, and end the sign-in.
 */
export async function withLock<Value>(
  environment: Environment,
  work: () => Promise<Value>,
): Promise<Value> {
  const lock = `${contextFile(environment)}.lock`
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close()
      break
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
      await forgetOldLock(lock)
      await sleep(lockCheckMs)
    }
  }
  try {
    return await work()
  } finally {
    await rm(lock, { force: true })
  }
}

async function forgetOldLock(lock: string): Promise<void> {
  const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }))
  if (Date.now() - mtimeMs > lockMaxMs) await rm(lock, { force: true })
}

/** The context a command works in, by name or the current one. Throws a Failure for a name that is not there. */
export function pickContext(
  contexts: Contexts,
  name: string | undefined,
): { readonly name: string; readonly context: Context } | undefined {
  const wanted = name ?? contexts.current
  if (wanted === undefined) return undefined
  const context = contexts.byName[wanted]
  if (context) return { name: wanted, context }
  if (name === undefined) return undefined
  const known = Object.keys(contexts.byName)
  throw failure('context-unknown', `There is no context ${name}.`, [
    known.length > 0 ? `There are ${known.join(', ')}.` : 'There is none yet.',
  ])
}
