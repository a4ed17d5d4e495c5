import type { RawHeaders } from '../http/headers.ts'
import type { Reply } from './reply.ts'

/**
 * Writes a stream to the client at the client's pace, until either ends or `watch`'s argument cuts it. A stream that breaks
 * is an abort that the client notices (RFC 9112 §8). Never rejects.
 */
export async function pumpOut(
  reply: Reply,
  status: number,
  headers: RawHeaders,
  body: ReadableStream<Uint8Array>,
  watch: (cut: () => void) => () => void,
): Promise<void> {
  const reader = body.getReader()
  let drained = Promise.withResolvers<void>()
  let over = reply.closed
  const stop = () => {
    over = true
    drained.resolve()
    // Nobody reads on; what the source thinks of it is its own affair.
    reader.cancel().catch(() => {})
  }
  const cut = () => {
    stop()
    reply.abort()
  }
  if (over) return stop()
  reply.writer = { onClose: stop, onDrain: () => drained.resolve() }
  const forget = watch(cut)
  try {
    reply.head(status, headers)
    for (;;) {
      const { done, value } = await reader.read()
      if (over) return
      if (done) return reply.end([])
      drained = Promise.withResolvers<void>()
      if (!reply.write(value)) await drained.promise
      if (over) return
    }
  } catch {
    // The source failed: whoever made it has said why.
    if (!over) reply.abort()
  } finally {
    forget()
  }
}
