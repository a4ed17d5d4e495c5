import type { ServerResponse } from 'node:http'
import { fieldValue, type RawHeaders } from '../http/headers.ts'
import type { Reply, ReplyWriter } from './reply.ts'

/** An answer over HTTP/1.1. A class, not an object literal: one with getters has a shape of its own each time. */
export class Http1Reply implements Reply {
  readonly #response: ServerResponse
  readonly #version: string
  writer: ReplyWriter | undefined = undefined

  /** `version` as in `IncomingMessage.httpVersion`. */
  constructor(response: ServerResponse, version: string) {
    this.#response = response
    this.#version = version
    response.on('close', () => {
      if (!response.writableFinished) this.writer?.onClose()
    })
    response.on('drain', () => this.writer?.onDrain())
  }

  get headSent(): boolean {
    return this.#response.headersSent
  }

  get closed(): boolean {
    return this.#response.closed || this.#response.destroyed
  }

  inform(status: number, headers: RawHeaders): void {
    const response = this.#response
    // RFC 9110 §15.2: a 1xx is never sent to an HTTP/1.0 client; Node writes 100 and 103 itself.
    if (this.#version === '1.0' || response.headersSent) return
    try {
      if (status === 103) response.writeEarlyHints(earlyHints(headers))
      else if (status === 102) response.writeProcessing()
    } catch {
      // Node takes only Link fields that it understands. A hint may be missed, the answer may not.
    }
  }

  head(status: number, headers: RawHeaders): void {
    prepare(this.#response, status, headers)
    this.#response.flushHeaders()
  }

  write(chunk: Uint8Array): boolean {
    return this.#response.write(chunk)
  }

  end(trailers: RawHeaders): void {
    if (trailers.length > 0) this.#response.addTrailers(pairs(trailers))
    this.#response.end()
  }

  whole(status: number, headers: RawHeaders, body: Uint8Array | string): void {
    prepare(this.#response, status, headers)
    this.#response.end(body)
  }

  abort(): void {
    this.#response.destroy()
  }

  endConnection(): void {
    this.#response.shouldKeepAlive = false
  }
}

function prepare(response: ServerResponse, status: number, headers: RawHeaders): void {
  response.sendDate = fieldValue(headers, 'date') === undefined
  response.writeHead(status, headers as string[])
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
