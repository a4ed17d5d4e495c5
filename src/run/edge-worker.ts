import { createLog } from '../base/log.ts'
import { type RunningEdge, startEdge } from './edge.ts'
import { describeError } from './errors.ts'
import { countBuffersAsHeap, freeBuffersAtOnce, letHeapGrow } from './heap.ts'
import { outliveMishaps } from './mishaps.ts'
import { WorkerChannel } from './worker-channel.ts'
import type { FromWorker, ToWorker } from './worker-message.ts'

// The whole program of one worker of `sallyport edge --workers`: it does what the process that started it says, and
// ends with it.

countBuffersAsHeap()
letHeapGrow()
freeBuffersAtOnce()

type Start = Extract<ToWorker, { kind: 'start' }>

const started = Promise.withResolvers<RunningEdge>()
let channel: WorkerChannel | undefined

// Whoever stops an edge may signal all of its processes; the one that started this one decides when it is to end.
process.on('SIGTERM', () => {})
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit(1))
process.on('message', (message: ToWorker) => {
  if (message.kind === 'ping') send({ kind: 'pong' })
  else if (message.kind === 'start') void start(message)
  else if (message.kind === 'ask') void answer(message)
  else if (message.kind === 'drain') void drain(message.graceMs)
  else channel?.receive(message)
})

async function start({ place, settings, others }: Start): Promise<void> {
  process.title = `sallyport edge worker ${place.worker}`
  channel = new WorkerChannel(place, others, send)
  try {
    const log = createLog('edge', { worker: place.worker })
    const edge = await startEdge(settings, log, channel)
    outliveMishaps(log)
    started.resolve(edge)
    const { port, morePorts, plainPorts, caPath, graph } = edge
    send({ kind: 'ready', facts: { port, morePorts, plainPorts, caPath, graph } })
  } catch (thrown) {
    send({ kind: 'failed', sentence: describeError(thrown) }, () => process.exit(1))
  }
}

async function answer({ question, about }: Extract<ToWorker, { kind: 'ask' }>): Promise<void> {
  const edge = await started.promise
  if (about === 'metrics') send({ kind: about, question, metrics: await edge.measure() })
  else send({ kind: about, question, readiness: await edge.readiness() })
}

async function drain(graceMs: number): Promise<void> {
  const edge = await started.promise
  await edge.close(graceMs)
  process.exit()
}

function send(message: FromWorker, sent: () => void = () => {}): void {
  // A channel that is closed has said so by `disconnect`.
  process.send?.(message, undefined, undefined, sent)
}
