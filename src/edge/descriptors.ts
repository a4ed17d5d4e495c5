import { readFileSync } from 'node:fs'

// Database, log, libraries, links between workers, the way to the identity provider, files that are read meanwhile.
const reserved = 128
// Of a small limit the greater part has to be for connections all the same.
const reservedPart = 1 / 4

/** How many connections a process may hold whose limit on open files is `descriptors`, so that some are left for itself. */
export function connectionsMax(descriptors: number = readDescriptorLimit()): number {
  return descriptors - Math.min(reserved, Math.floor(descriptors * reservedPart))
}

/** `ulimit -n` of this process, which Node raises to the hard limit when it starts; no limit where nobody tells. */
function readDescriptorLimit(): number {
  try {
    const text = readFileSync('/proc/self/limits', 'utf8')
    return Number(/^Max open files +(\d+)/m.exec(text)?.[1] ?? Number.POSITIVE_INFINITY)
  } catch {
    return Number.POSITIVE_INFINITY // Not Linux.
  }
}
