import { Fault } from '../base/fault.ts'
import type { RequestBody } from './request-body.ts'

// The edge's own pages take a form or a ticket, nothing bigger.
export const ownBodyMaxBytes: number = 64 * 1024
const ownBodyTimeoutMs = 30_000

/**
 * A small body as a whole. Rejects with `too-large`, and with `malformed-request` when it does not come
 * whole in time; the client is then left with whatever it still wants to send.
 */
export function readBodyBytes(body: RequestBody, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const fail = (fault: Fault) => {
      clearTimeout(slow)
      body.pause()
      reject(fault)
    }
    const broken = () => fail(new Fault('malformed-request', 'the body did not come whole'))
    const slow = setTimeout(broken, ownBodyTimeoutMs)
    body.read({
      onData(chunk) {
        bytes += chunk.length
        chunks.push(chunk)
        if (bytes > maxBytes) fail(new Fault('too-large', 'the body is too large here'))
      },
      onEnd() {
        clearTimeout(slow)
        resolve(Buffer.concat(chunks))
      },
      onAbort: broken,
    })
  })
}
