import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createEnrolmentToken } from '../../src/run/demo-seed.ts'
import { start } from '../commands.ts'
import { cpuSecondsOf, residentBytesOf } from '../cpu.ts'
import { type Outcome, rounded } from '../outcome.ts'
import { startSallyport } from '../sallyport.ts'
import type { Stage } from '../stage.ts'

// An edge takes 32 links of one connector.
const connectors = 40
const linksEach = 25
// Two heartbeats of each link, after the burst of handshakes is forgotten.
const settleMs = 2_000
const restMs = 10_000

/** What 1,000 links cost an edge that nobody asks anything. */
export async function measureLinks(stage: Stage): Promise<Outcome> {
  const count = connectors * linksEach
  await using sallyport = await startSallyport(join(stage.folder, 'links'))
  const { edge, graph } = sallyport
  const tokens: string[] = []
  while (tokens.length < connectors) tokens.push(await createEnrolmentToken(graph))
  const before = residentBytesOf(edge)
  const script = fileURLToPath(new URL('../idle-links.ts', import.meta.url))
  const command = [process.execPath, script, String(linksEach), ...tokens]
  await using links = start('inside', command)
  await links.line((line) => line === 'all links stand')
  await delay(settleMs)
  const cpuBefore = cpuSecondsOf(edge)
  await delay(restMs)
  const percent = ((cpuSecondsOf(edge) - cpuBefore) / (restMs / 1000)) * 100
  const kib = (residentBytesOf(edge) - before) / count / 1024
  return {
    ratios: {},
    figures: {
      'links-at-rest-cpu-percent': rounded(percent),
      'link-memory-kib': rounded(kib),
    },
    table: [
      [`${count} links at rest`, '', ''],
      ['CPU time of the edge', `${percent.toFixed(2)} %`, 'of one core'],
      ['memory of the edge each', `${kib.toFixed(1)} KiB`, ''],
    ],
  }
}
