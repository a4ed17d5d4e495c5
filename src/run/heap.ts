import { setFlagsFromString } from 'node:v8'

// The Node this flag was tried with, and measured, is 26; an older one may not know it and would say so on stderr.
const nodeMajorMin = 26

/**
 * Has V8 count the bytes of buffers as part of its heap. Otherwise it collects the whole heap after every 64 MB that were
 * read from sockets, long before there is anything to collect: 164 times in 6 GiB instead of 10, which was half of the CPU
 * time of a big transfer. Call it before anything is read.
 */
export function countBuffersAsHeap(): void {
  if (Number.parseInt(process.versions.node, 10) < nodeMajorMin) return
  setFlagsFromString('--external-memory-accounted-in-global-limit')
}

/**
 * Has V8 free the buffers of messages that are over itself, after each young collection, and not in another thread: that
 * one has to be woken for a few of them, takes the core from the one that works, and memory it has freed is slow to come
 * by again. For the edge, whose buffers are small; a connector would collect its whole heap ten times as often.
 */
export function freeBuffersAtOnce(): void {
  if (Number.parseInt(process.versions.node, 10) < nodeMajorMin) return
  setFlagsFromString('--no-concurrent-array-buffer-sweeping')
}

// V8's own factor is something like it while much is allocated. With 100 the room was smaller than what a young collection
// waits for, so that in a big transfer each one was a full collection: 121 of them in 2 GiB instead of 2, twice the CPU time.
const growingPercent = 200

/**
 * Has V8 collect the whole heap when it has grown to three times what lived after the last time. By itself it leaves 9 MB when
 * little is allocated or nothing was asked for a while, and a hundred new connections are enough for a full collection:
 * for a tenth of a second requests share their core with it.
 */
export function letHeapGrow(): void {
  if (Number.parseInt(process.versions.node, 10) < nodeMajorMin) return
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`)
}
