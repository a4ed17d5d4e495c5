import type { ServerResponse } from 'node:http'
import { fieldValue, type RawHeaders } from '../http/headers.ts'
import type { Reply } from './reply.ts'

/** An answer over HTTP/1.1. `keepAlive` false closes the connection behind it. */
export function createHttp1Reply(response: ServerResponse, version: string): Reply {
  const reply: Reply = {
    get headSent() {
      return response.headersSent
    },
    get closed() {
      return response.closed || response.destroyed
    },
    onClose: undefined,
    onDrain: undefined,
    inform(status, headers) {
      // RFC 9110 §15.2: a 1xx is never sent to an HTTP/1.0 client; Node writes 100 and 103 itself.
      if (version === '1.0' || response.headersSent) return
      if (status === 103) response.writeEarlyHints(earlyHints(headers))
      else if (status === 102) response.writeProcessing()
    },
    head(status, headers) {
      prepare(response, status, headers)
      response.flushHeaders()
    },
    write: (chunk) => response.write(chunk),
    end(trailers) {
      if (trailers.length > 0) response.addTrailers(pairs(trailers))
      response.end()
    },
    whole(status, headers, body) {
      prepare(response, status, headers)
      response.end(body)
    },
    abort() {
      response.destroy()
    },
  }
  response.on('close', () => {
    if (!response.writableFinished) reply.onClose?.()
  })
  response.on('drain', () => reply.onDrain?.())
  return reply
}

function prepare(response: ServerResponse, status: number, headers: RawHeaders): void {
  response.sendDate = fieldValue(headers, 'date') === undefined
  response.writeHead(status, '', headers as string[])
}

function earlyHints(headers: RawHeaders): Record<string, string | string[]> {
  const hints: Record<string, string | string[]> = Object.create(null)
  const links: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] as string).toLowerCase()
    if (name === 'link') links.push(headers[i + 1] as string)
    else if (name !== 'set-cookie') hints[name] = headers[i + 1] as string
  }
  hints['link'] = links
  return hints
}

function pairs(headers: RawHeaders): [string, string][] {
  const list: [string, string][] = []
  for (let i = 0; i < headers.length; i += 2) {
    list.push([headers[i] as string, headers[i + 1] as string])
  }
  return list
}
