import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bulkDigest, gibibyte, startBulkApplication } from '../bulk.ts'
import { run } from '../commands.ts'
import { growthMib } from '../memory.ts'
import { type Outcome, rounded } from '../outcome.ts'
import type { Published } from '../sallyport.ts'
import type { Stage } from '../stage.ts'

const each = 8
const script = fileURLToPath(new URL('../bulk-client.ts', import.meta.url))

/** 8 × 1 GiB up and 8 × 1 GiB down at once: what arrives is what was sent, and memory stays what it was. */
export async function measureStreams(stage: Stage): Promise<Outcome> {
  const application = await startBulkApplication(stage)
  const sallyport = await stage.sallyport
  const published = await sallyport.publish('streams', `http://127.0.0.1:${application}/`)
  const caFile = join(stage.folder, 'streams-ca.pem')
  writeFileSync(caFile, sallyport.ca)
  const transfer = (bytes: number) => transferAll(published, caFile, bytes)
  // Compiled code and buffers that every transfer needs are there by then.
  await transfer(gibibyte / 32)
  const startedAt = performance.now()
  const { mib } = await growthMib(sallyport, () => transfer(gibibyte))
  const seconds = (performance.now() - startedAt) / 1000
  const speed = (2 * each * gibibyte) / 1e6 / seconds
  return {
    ratios: {},
    figures: {
      'streams-memory-growth-mib': rounded(mib),
      'streams-mb-per-s': rounded(speed),
    },
    table: [
      [`${each} × 1 GiB up and ${each} × 1 GiB down at once, checksums equal`, '', ''],
      ['memory growth of edge and connector together', `${mib.toFixed(1)} MiB`, ''],
      ['all together', `${speed.toFixed(0)} MB/s`, ''],
    ],
  }
}

async function transferAll({ url, cookie }: Published, ca: string, bytes: number): Promise<void> {
  const args = [url, ca, cookie, ...[bytes, each, each].map(String)]
  const digests = JSON.parse(await run('client', [process.execPath, script, ...args]))
  const wanted = Array.from({ length: 2 * each }, () => bulkDigest(bytes))
  assert.deepEqual(digests, wanted, 'what arrived is not what was sent')
}
