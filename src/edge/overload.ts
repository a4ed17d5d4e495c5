import { totalmem } from 'node:os'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** How much memory a process uses, how much the machine or its cgroup allows it, and which part of V8's heap is full. */
export interface MemoryUse {
  readonly usedBytes: number
  readonly limitBytes: number
  readonly heap: number
}

/** `shed`: requests get 503. `refuse`: connections are not even taken. */
export type Load = 'normal' | 'shed' | 'refuse'

const mebibyte = 1024 * 1024
// Envoy's edge guide sheds at 95 % of its heap and stops at 98 %. Node's heap grows in larger steps, and what comes
// between two looks has to fit into what is left: some hundred connections, whatever the machine.
const shed = { part: 0.15, bytes: 64 * mebibyte, partMax: 0.25 }
const refuse = { part: 0.07, bytes: 48 * mebibyte, partMax: 0.19 }
const sampleIntervalMs = 50
// A whole collection stops everything for some 50 ms.
const collectIntervalMs = 1_000

// A connection that was just taken costs nothing yet, and may soon cost this: its handshake, what it has in flight, and an
// upload that nobody takes, in every buffer on the way.
const newcomerBytes = 384 * 1024
// So long a connection is one whose cost is not to be seen yet.
const newcomerSamples = 20

/** How many connections a process may take before it is seen what they cost. */
export function newcomersMax({ usedBytes, limitBytes }: MemoryUse): number {
  const room = limitBytes - usedBytes - roomOf(refuse, limitBytes)
  return Math.max(0, Math.floor(room / newcomerBytes))
}

/** What a process with this much memory in use should still take on. */
export function judgeLoad(use: MemoryUse): Load {
  if (lacks(use, refuse)) return 'refuse'
  return lacks(use, shed) ? 'shed' : 'normal'
}

function lacks({ usedBytes, limitBytes, heap }: MemoryUse, room: typeof shed): boolean {
  return limitBytes - usedBytes < roomOf(room, limitBytes) || 1 - heap < room.part
}

function roomOf({ part, bytes, partMax }: typeof shed, limitBytes: number): number {
  return Math.max(part * limitBytes, Math.min(bytes, partMax * limitBytes))
}

/** Looks at the memory of this process twenty times a second, so that it sheds load before it runs out. [R7] */
export class Overload implements Disposable {
  readonly #timer: NodeJS.Timeout
  /** Connections that were taken, by sample, the current one first. */
  readonly #taken: number[] = [0]
  #newcomers = 0
  #newcomersMax = Number.POSITIVE_INFINITY
  load: Load = 'normal'

  /** `onChange` hears of every other load. */
  constructor(readUse: () => MemoryUse, onChange: (load: Load, use: MemoryUse) => void) {
    let collectedAt = Number.NEGATIVE_INFINITY
    this.#timer = setInterval(() => {
      let use = readQuietly(readUse)
      // Most of it may be buffers that nobody needs any more: V8 does not know how little there is.
      if (
        use &&
        judgeLoad(use) !== 'normal' &&
        performance.now() - collectedAt > collectIntervalMs
      ) {
        collectGarbage()
        collectedAt = performance.now()
        use = readQuietly(readUse)
      }
      this.#grow()
      if (!use) return
      this.#newcomersMax = newcomersMax(use)
      const load = judgeLoad(use)
      if (load === this.load) return
      this.load = load
      onChange(load, use)
    }, sampleIntervalMs).unref()
  }

  /** Whether one more connection may be taken, which is counted then: a rush is over before it shows in the memory. */
  take(): boolean {
    if (this.load === 'refuse' || this.#newcomers >= this.#newcomersMax) return false
    this.#newcomers++
    this.#taken[0] = (this.#taken[0] ?? 0) + 1
    return true
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  /** Those who came a second ago are no newcomers any more. */
  #grow(): void {
    this.#taken.unshift(0)
    if (this.#taken.length > newcomerSamples) this.#newcomers -= this.#taken.pop() ?? 0
  }
}

/** Reading takes a descriptor; when there is none, the load is what it was. */
function readQuietly(readUse: () => MemoryUse): MemoryUse | undefined {
  try {
    return readUse()
  } catch {
    return undefined
  }
}

// What a connection can cost outside of V8's view, in OpenSSL and on the way there: an idle one costs a fifth of it, one
// with an upload that nobody takes all of it.
const nativeBytesPerConnection = 192 * 1024

/**
 * Reads the memory in use: the resident set, but no more than what is there can account for. What was freed mostly stays
 * resident, and an edge that went by that would refuse everybody long after the rush is over. `connections` is asked for
 * the number of those that are open.
 */
export function memoryReader(processes: number, connections: () => number): () => MemoryUse {
  const limitBytes = memoryLimitBytes() / processes
  const start = process.memoryUsage()
  const codeBytes = start.rss - start.heapTotal - start.external
  return () => {
    const { rss, heapTotal, external } = process.memoryUsage()
    const { used_heap_size, heap_size_limit } = getHeapStatistics()
    const nativeBytes = connections() * nativeBytesPerConnection
    const usedBytes = Math.min(rss, codeBytes + heapTotal + external + nativeBytes)
    return { usedBytes, limitBytes, heap: used_heap_size / heap_size_limit }
  }
}

// Node hands the function out to new contexts only, once the flag is set.
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** What the cgroup allows, or the machine has; without a limit cgroups name a number beyond any machine. */
function memoryLimitBytes(): number {
  const constrained = process.constrainedMemory()
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
}
