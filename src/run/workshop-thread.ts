import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { systemClock } from '../base/clock.ts'
import { createLog } from '../base/log.ts'
import { openDirectory } from '../directory/open.ts'
import { createApart } from '../graph/apart.ts'
import type { ApartCall } from '../graph/workshop.ts'
import { openVault } from './certificates.ts'
import { openKeys } from './keys.ts'
import { ownOrigins, reservedHosts } from './origins.ts'
import { servedPorts } from './ports.ts'
import { createSealingDesk } from './sealing-desk.ts'
import type { FromWorkshop, WorkshopParts } from './workshop.ts'

// The whole program of the thread for large calls: it answers one after the other, until it is ended from outside.

const { settings, ports } = workerData as WorkshopParts
const { dataDir, domain, connectorHost, segmentsMax } = settings
const log = createLog('edge')
const origins = ownOrigins(domain, ports.port, connectorHost)
const keys = await openKeys(dataDir)
const directory = await openDirectory({
  file: join(dataDir, 'sallyport.sqlite'),
  ...{ clock: systemClock, log, maxSegments: segmentsMax },
  reservedHosts: reservedHosts(domain, connectorHost),
  // What others change is read anew with each call.
  feed: { announce: (news) => send({ kind: 'news', news }), onHeard: () => () => {} },
})
const answer = createApart({
  ...{ directory, clock: systemClock, log },
  // Nobody else's server is waited for here.
  providers: {
    ...createSealingDesk(openVault(keys.seal), origins.login),
    probe: async () => undefined,
  },
  servedPorts: servedPorts(ports),
  ownOrigins: new Set(Object.values(origins)),
})

parentPort?.on('message', async (call: ApartCall) => {
  const answered = await answer(call)
  const json = 'json' in answered ? answered.json : undefined
  send({ kind: 'answer', answer: answered }, json ? [json.buffer] : [])
})

function send(message: FromWorkshop, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer)
}
