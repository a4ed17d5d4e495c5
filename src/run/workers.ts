import { once } from 'node:events'
import { createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { Fault } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import type { SignalSource } from './command-signals.ts'
import { openDataFolder } from './data-folder.ts'
import type { RunningEdge } from './edge.ts'
import type { EdgeFacts, EdgeSettings } from './edge-settings.ts'
import { lockFolder } from './folder-lock.ts'
import { WorkerPool } from './worker-pool.ts'

/**
 * Starts the workers of one edge, `auto`: one for each core. Rejects when the port or the data folder is not to be had,
 * or is another edge's, and where the kernel does not deal out connections.
 */
export async function startWorkers(
  settings: EdgeSettings,
  workers: number | 'auto',
  log: Log,
): Promise<EdgeFacts & SignalSource & Pick<RunningEdge, 'close'>> {
  if (process.platform !== 'linux') {
    throw new Fault('invalid', 'several workers on one port take Linux. Leave --workers out.')
  }
  await openDataFolder(settings.dataDir, log)
  using undo = new DisposableStack()
  const lock = undo.use(lockFolder(settings.dataDir))
  for (const port of portsIn(settings)) await refuseTakenPort(port, settings.host)
  const pool = new WorkerPool(settings, workers === 'auto' ? availableParallelism() : workers, log)
  const reopen = () => pool.signal('SIGHUP')
  if (hasAccessLogFile(settings)) process.on('SIGHUP', reopen)
  const facts = await pool.start()
  undo.move()
  return {
    ...facts,
    measure: () => pool.signals.measure(),
    readiness: () => pool.signals.readiness(),
    async close(graceMs) {
      await pool.stop(graceMs)
      process.off('SIGHUP', reopen)
      lock[Symbol.dispose]()
    },
  }
}

function hasAccessLogFile({ accessLog }: EdgeSettings): boolean {
  return accessLog !== undefined && accessLog !== '-'
}

function portsIn({ port, morePorts = [], plainPorts = [] }: EdgeSettings): readonly number[] {
  return [port, ...morePorts, ...plainPorts.map((plain) => plain.port)]
}

/** Workers share the port with whoever else of this user wants to share it, another edge among them. */
async function refuseTakenPort(port: number, host: string): Promise<void> {
  if (port === 0) return
  const server = createServer().listen({ port, host, exclusive: true })
  await once(server, 'listening')
  server.close()
  await once(server, 'close')
}
