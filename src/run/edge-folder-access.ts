import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../base/fault.ts'
import type { FolderAccess } from '../cli/surroundings.ts'
import { createApiToken } from './api-token.ts'
import { expectEdgeFolder } from './edge-folder.ts'
import type { EdgeFacts } from './edge-settings.ts'
import { openKeys } from './keys.ts'
import { writeWholeFile } from './whole-file.ts'

const factsFile = 'edge.json'

// One command, and the longest of them watches requests for a working day.
const tokenLifetimeSeconds = 12 * 60 * 60

/** Leaves word in the data folder of where this edge's API and its sign-in are, for commands on the same machine. */
export async function leaveWord(
  folder: string,
  { graph, port }: EdgeFacts,
  login: string,
): Promise<void> {
  const facts = { graph, login, port, processId: process.pid }
  await writeWholeFile(join(folder, factsFile), `${JSON.stringify(facts, null, 2)}\n`)
}

/**
 * The way to the edge whose data is in `folder`, or in `folder/edge`, as the demo has it. Whoever may read the edge's keys is
 * its administrator. Rejects with `invalid` where no edge was ever started.
 */
export async function openEdgeFolder(folder: string): Promise<FolderAccess> {
  const inner = join(folder, 'edge')
  const isDemo = await access(join(inner, factsFile)).then(
    () => true,
    () => false,
  )
  const data = isDemo ? inner : folder
  await expectEdgeFolder(data)
  const keys = await openKeys(data)
  return {
    server: await readServer(data),
    ca: await readFile(join(data, 'ca.pem'), 'utf8'),
    token: await createApiToken(keys.apiToken, tokenLifetimeSeconds),
  }
}

/** Where people sign in at the edge of this folder; undefined while no edge has left word of it there. */
export async function readLogin(folder: string): Promise<string | undefined> {
  try {
    return (await readOrigin(folder, 'login')).origin
  } catch {
    // An older edge wrote no such line; what asks goes on without.
    return undefined
  }
}

async function readOrigin(folder: string, name: 'graph' | 'login'): Promise<URL> {
  const facts = JSON.parse(await readFile(join(folder, factsFile), 'utf8')) as {
    readonly [name in 'graph' | 'login']?: unknown
  }
  return new URL(String(facts[name]))
}

async function readServer(folder: string): Promise<string> {
  try {
    return (await readOrigin(folder, 'graph')).origin
  } catch (cause) {
    const message = `The edge of ${folder} left no word of where it listens. Start it again, or name it with --server.`
    throw new Fault('invalid', message, { cause })
  }
}
