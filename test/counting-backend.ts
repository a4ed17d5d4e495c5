import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An application that counts what arrives, by target, and answers only when it is let. */
export class CountingBackend implements AsyncDisposable {
  readonly arrivals = new Map<string, number>()
  readonly #server: Server
  readonly #waiting = new Set<ServerResponse>()
  #holding = false
  #onArrival = (): void => {}

  constructor() {
    // A connection that it cut for being idle could take a POST along.
    this.#server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      const key = `${request.method} ${request.url}`
      this.arrivals.set(key, (this.arrivals.get(key) ?? 0) + 1)
      request.resume()
      if (!this.#holding) {
        // The body may be long in coming.
        request.once('end', () => response.end('here'))
        return
      }
      this.#waiting.add(response)
      response.once('close', () => this.#waiting.delete(response))
      this.#onArrival()
    })
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** From now on requests wait for `release`; resolves when this many do. */
  async hold(count: number): Promise<void> {
    this.#holding = true
    await new Promise<void>((resolve) => {
      this.#onArrival = () => {
        if (this.#waiting.size >= count) resolve()
      }
      this.#onArrival()
    })
  }

  /** Answers what waits, and everything to come at once. */
  release(): void {
    this.#holding = false
    for (const response of this.#waiting) response.end('here')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}
