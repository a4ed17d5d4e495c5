import { WorkerChannel } from './worker-channel.ts'

/** So many workers that hear each other at once. */
export function startChannels(workers: number): readonly WorkerChannel[] {
  const channels: WorkerChannel[] = []
  for (let worker = 0; worker < workers; worker++) {
    const others = channels.map((_, other) => ({ worker: other, connectorIds: [] }))
    const place = { edgeId: 'edge', worker, workers }
    const channel = new WorkerChannel(place, others, (message) => {
      if (message.kind !== 'tell') return
      for (const other of channels) {
        if (other !== channel) other.receive({ kind: 'told', from: worker, told: message.told })
      }
    })
    for (const other of channels) other.receive({ kind: 'joined', worker })
    channels.push(channel)
  }
  return channels
}
