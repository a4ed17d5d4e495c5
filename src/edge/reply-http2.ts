import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { RawHeaders } from '../http/headers.ts'
import type { Reply } from './reply.ts'

/** An answer over one HTTP/2 stream. */
export function createHttp2Reply(stream: ServerHttp2Stream): Reply {
  let trailing: RawHeaders = []
  const reply: Reply = {
    get headSent() {
      return stream.headersSent
    },
    get closed() {
      return stream.closed || stream.destroyed
    },
    onClose: undefined,
    onDrain: undefined,
    inform(status, headers) {
      if (!stream.headersSent && !stream.closed) stream.additionalHeaders(toObject(status, headers))
    },
    head(status, headers) {
      // Trailers are decided when the body is over, so the stream has to wait for them.
      if (!stream.closed) stream.respond(toObject(status, headers), { waitForTrailers: true })
    },
    write: (chunk) => stream.write(chunk),
    end(trailers) {
      trailing = trailers
      stream.end()
    },
    whole(status, headers, body) {
      if (stream.closed) return
      const endStream = body.length === 0
      stream.respond(toObject(status, headers), { endStream })
      if (!endStream) stream.end(body)
    },
    abort() {
      stream.close(constants.NGHTTP2_INTERNAL_ERROR)
    },
  }
  stream.on('wantTrailers', () => stream.sendTrailers(toObject(undefined, trailing)))
  stream.on('close', () => {
    if (!stream.writableFinished) reply.onClose?.()
  })
  stream.on('drain', () => reply.onDrain?.())
  // The close event tells what matters; without a listener a reset stream would end the process.
  stream.on('error', () => {})
  return reply
}

function toObject(status: number | undefined, headers: RawHeaders): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = Object.create(null)
  if (status !== undefined) fields[':status'] = status
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase()
    const value = headers[i + 1] as string
    const present = fields[name]
    if (present === undefined) fields[name] = value
    else fields[name] = Array.isArray(present) ? [...present, value] : [String(present), value]
  }
  return fields
}
