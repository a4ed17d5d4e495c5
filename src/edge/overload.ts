import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'

/** How much of its memory a process uses: of what the machine or its cgroup allows, and of V8's heap. 0 to 1. */
export interface MemoryUse {
  readonly process: number
  readonly heap: number
}

/** `shed`: requests get 503. `refuse`: connections are not even taken. */
export type Load = 'normal' | 'shed' | 'refuse'

// Envoy's edge guide sheds at 95 % of its heap and stops at 98 %. Node's heap grows in larger steps, and what is
// between two looks has to fit in what is left.
const shedAbove = 0.85
const refuseAbove = 0.93
// At 5,000 new streams in a second, of 64 KiB each, this is 32 MiB.
const sampleIntervalMs = 100

/** What a process with this much memory in use should still take on. */
export function judgeLoad({ process, heap }: MemoryUse): Load {
  const most = Math.max(process, heap)
  if (most >= refuseAbove) return 'refuse'
  return most >= shedAbove ? 'shed' : 'normal'
}

/** Looks at the memory of this process ten times a second, so that it sheds load before it runs out. [R7] */
export class Overload implements Disposable {
  readonly #timer: NodeJS.Timeout
  load: Load = 'normal'

  /** `onChange` hears of every other load. Of `processes` like this one each gets its part of the memory. */
  constructor(
    onChange: (load: Load, use: MemoryUse) => void,
    processes = 1,
    readUse = () => readMemoryUse(memoryLimitBytes() / processes),
  ) {
    this.#timer = setInterval(() => {
      const use = readQuietly(readUse)
      if (!use) return
      const load = judgeLoad(use)
      if (load === this.load) return
      this.load = load
      onChange(load, use)
    }, sampleIntervalMs).unref()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
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

function readMemoryUse(limitBytes: number): MemoryUse {
  const { used_heap_size, heap_size_limit } = getHeapStatistics()
  return {
    process: process.memoryUsage.rss() / limitBytes,
    heap: used_heap_size / heap_size_limit,
  }
}

/** What the cgroup allows, or the machine has; without a limit cgroups name a number beyond any machine. */
function memoryLimitBytes(): number {
  const constrained = process.constrainedMemory()
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
}
