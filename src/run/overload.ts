import type { Log } from '../base/log.ts'
import type { Listener } from '../edge/listener.ts'
import { memoryReader, Overload } from '../edge/overload.ts'

/** Watches the memory of this process, one of `processes` of the edge, and tells when load is shed and when no longer. [R7] */
export function watchOverload(listener: Listener, log: Log, processes = 1): Overload {
  const readUse = memoryReader(processes, () => listener.connections)
  return new Overload(readUse, (load, { usedBytes, limitBytes, heap }) => {
    const facts = { load, usedBytes, limitBytes, heap: Number(heap.toFixed(2)) }
    if (load === 'normal') log.info(facts, 'memory is free again; every request is taken')
    else log.warn(facts, 'memory runs out; requests get 503 until some is free')
  })
}
