import { Fault } from '../base/fault.ts'
import type { RequestBody } from './request-body.ts'

// The edge's own pages take a form or a ticket, nothing bigger.
const ownBodyMaxBytes = 64 * 1024
const ownBodyTimeoutMs = 30_000

/**
 * A body for the edge's own pages, as text. Rejects with `too-large`, and with `malformed-request` when it does not come
 * whole in time; the client is then left with whatever it still wants to send.
 */
export function readBodyText(body: RequestBody): Promise<string> {
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
        if (bytes > ownBodyMaxBytes) fail(new Fault('too-large', 'the body is too large here'))
      },
      onEnd() {
        clearTimeout(slow)
        resolve(Buffer.concat(chunks).toString('utf8'))
      },
      onAbort: broken,
    })
  })
}
