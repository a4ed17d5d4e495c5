import { createLog } from '../base/log.ts'
import { untilTold } from './child.ts'
import { type EdgeSettings, startEdge } from './edge.ts'

export interface EdgeCommand extends EdgeSettings {
  readonly drainSeconds: number
  readonly json: boolean
}

/** `sallyport edge`: runs until told to end, then drains. */
export async function runEdge(command: EdgeCommand): Promise<void> {
  const told = untilTold()
  const log = createLog('edge')
  const edge = await startEdge(command, log)
  const { port, caPath, graph } = edge
  if (command.json) {
    process.stdout.write(`${JSON.stringify({ ready: true, port, ca: caPath, graph })}\n`)
  } else {
    process.stdout.write(`The edge listens on ${command.host}:${port}.\n`)
    process.stdout.write(`Management API: ${graph}\nCertificate authority: ${caPath}\n`)
    process.stdout.write(`A token for the API: sallyport token --data ${command.dataDir}\n`)
  }
  await told
  log.info({ seconds: command.drainSeconds }, 'draining')
  await edge.close(command.drainSeconds * 1000)
}
