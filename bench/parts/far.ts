import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bulkTarget, startBulkApplication, writeBulkFile } from '../bulk.ts'
import { freePorts, startListening } from '../commands.ts'
import { download, upload } from '../load/curl.ts'
import { type Outcome, rounded } from '../outcome.ts'
import { median, takeTurns } from '../race.ts'
import { startSallyport } from '../sallyport.ts'
import type { Stage } from '../stage.ts'

const roundTripMs = 80
// Three round trips of growing credit are a tenth of it at the speed that is wanted.
const bytes = 256 * 2 ** 20
const roundsMax = 3

/** How fast one stream is when edge and connector are 80 ms apart, all the way from the application to the client. */
export async function measureFar(stage: Stage): Promise<Outcome> {
  const application = await startBulkApplication(stage)
  const folder = join(stage.folder, 'far')
  const connectThrough = (port: number) => startRelay(stage, port)
  const sallyport = stage.use(await startSallyport(folder, { connectThrough }))
  const { url, cookie } = await sallyport.publish('far', `http://127.0.0.1:${application}/`)
  const target = { ...bulkTarget('Sallyport', `${url}?bytes=${bytes}`), headers: { cookie } }
  const file = join(folder, 'upload')
  writeBulkFile(file, bytes)
  const rounds = await takeTurns(
    { down: () => download(target, bytes), up: () => upload(target, file, bytes) },
    Math.min(stage.rounds, roundsMax),
  )
  rmSync(file)
  const down = median(rounds.down.map((transfer) => transfer.megabytesPerSecond))
  const up = median(rounds.up.map((transfer) => transfer.megabytesPerSecond))
  return {
    ratios: {},
    figures: {
      'far-download-mb-per-s': rounded(down),
      'far-upload-mb-per-s': rounded(up),
    },
    table: [
      [`one stream, ${roundTripMs} ms round trip`, 'MB/s', ''],
      ['download', down.toFixed(1), ''],
      ['upload', up.toFixed(1), ''],
    ],
  }
}

async function startRelay(stage: Stage, edgePort: number): Promise<number> {
  const { port } = await freePorts('port')
  const script = fileURLToPath(new URL('../delaying-relay.ts', import.meta.url))
  const args = [port, edgePort, roundTripMs / 2].map(String)
  stage.use(await startListening('application', [process.execPath, script, ...args], port))
  return port
}
