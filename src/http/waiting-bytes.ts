// What is smaller is copied behind what waits already: a buffer of its own costs some 300 bytes, however little is in it.
const smallBytes = 2 * 1024
const slabBytes = 4 * 1024

/** Memory that is filled from its start, each by one queue: its last piece ends where the next one goes on. */
const slabs = new WeakSet<ArrayBufferLike>()

/**
 * Puts bytes behind those that wait, in memory that is not much more than they are. As they came they may be a few in a
 * large buffer, all of which they would keep alive, or thousands of single ones, and a bound on bytes would bound nothing.
 * Pieces may be taken from the front, and cut there.
 */
export function keepWaiting(queue: Uint8Array[], chunk: Uint8Array): void {
  if (chunk.length >= smallBytes) {
    queue.push(withoutSurroundings(chunk))
    return
  }
  const rest = chunk.subarray(fillLast(queue, chunk))
  if (rest.length === 0) return
  const slab = copyOf(rest, slabBytes)
  slabs.add(slab.buffer)
  queue.push(slab.subarray(0, rest.length))
}

/** The same bytes; in memory of their own where they are less than half of what they stand in. */
export function withoutSurroundings(chunk: Uint8Array): Uint8Array {
  return chunk.buffer.byteLength > 2 * chunk.length ? copyOf(chunk, chunk.length) : chunk
}

/** Puts as much as there is room for behind the last piece; returns how many bytes that were. */
function fillLast(queue: Uint8Array[], chunk: Uint8Array): number {
  const last = queue.at(-1)
  if (!last || !slabs.has(last.buffer)) return 0
  const taken = Math.min(slabBytes - last.byteOffset - last.length, chunk.length)
  const grown = Buffer.from(last.buffer, last.byteOffset, last.length + taken)
  grown.set(chunk.subarray(0, taken), last.length)
  queue[queue.length - 1] = grown
  return taken
}

/** The bytes at the start of memory of their own. */
function copyOf(bytes: Uint8Array, room: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(room)
  copy.set(bytes)
  return copy
}
