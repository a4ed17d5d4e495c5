import { createCipheriv, createHash } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { freePorts, startListening } from './commands.ts'
import type { Target } from './load/target.ts'
import type { Stage } from './stage.ts'

/** What one big transfer carries. */
export const gibibyte: number = 2 ** 30

const blockBytes = 2 ** 20

/** A mebibyte that no compression makes smaller, the same in every process: AES-CTR over zeros with a key of zeros. */
export function bulkBlock(): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(
    Buffer.alloc(blockBytes),
  )
}

/** SHA-256 of `bytes` of such blocks, in hexadecimal; `bytes` must be a multiple of a mebibyte. */
export function bulkDigest(bytes: number): string {
  const hash = createHash('sha256')
  const block = bulkBlock()
  for (let at = 0; at < bytes; at += blockBytes) hash.update(block)
  return hash.digest('hex')
}

/** Writes a file of `bytes` of such blocks. */
export function writeBulkFile(path: string, bytes: number): void {
  const block = bulkBlock()
  const file = openSync(path, 'w')
  for (let at = 0; at < bytes; at += blockBytes) writeSync(file, block)
  closeSync(file)
}

/** Somebody who passes on to that application; whose cost it is, and the session, are still to be named. */
export function bulkTarget(name: string, url: string): Target {
  return { name, url, method: 'GET', headers: {}, bodyBytes: 0, edgeSide: {}, inside: {} }
}

/** Starts the application of big bodies; gives back its port. */
export async function startBulkApplication(stage: Stage): Promise<number> {
  const { port } = await freePorts('port')
  const script = fileURLToPath(new URL('bulk-application.ts', import.meta.url))
  const command = [process.execPath, script, String(port)]
  stage.use(await startListening('application', command, port))
  return port
}
