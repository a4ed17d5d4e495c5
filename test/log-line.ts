import { watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { World } from './world.ts'

// A line is on its way through a pipe; one that takes longer, on the busiest machine, was never written.
const logWaitMs = 20_000

/** The first line of a process's log that contains `text`, such as a request id. Rejects when there is none after 20 s. */
export async function logLine(
  world: World,
  name: 'edge' | 'connector',
  text: string,
): Promise<Readonly<Record<string, unknown>>> {
  const file = join(world.demo.dataFolder, `${name}.log`)
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const look = async (): Promise<void> => {
    const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1)
    const found = lines.find((line) => line.includes(text))
    if (found !== undefined) resolve(found)
  }
  const watcher = watch(file, () => void look().catch(reject))
  const timer = setTimeout(() => reject(new Error(`no line about ${text} in ${file}`)), logWaitMs)
  try {
    await look()
    return JSON.parse(await promise)
  } finally {
    clearTimeout(timer)
    watcher.close()
  }
}
