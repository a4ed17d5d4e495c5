import type { Log } from '../base/log.ts'
import { Overload } from '../edge/overload.ts'

/** Watches the memory of this process, one of `processes` of the edge, and tells when load is shed and when no longer. [R7] */
export function watchOverload(log: Log, processes = 1): Overload {
  return new Overload((load, { process, heap }) => {
    const facts = { load, memory: Number(process.toFixed(2)), heap: Number(heap.toFixed(2)) }
    if (load === 'normal') log.info(facts, 'memory is free again; every request is taken')
    else log.warn(facts, 'memory runs out; requests get 503 until some is free')
  }, processes)
}
