import { asFault } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import type { RequestHandler, Serve } from '../tunnel/exchange.ts'
import type { AllowList } from './allow-list.ts'
import { exchangeCode } from './backend-failure.ts'
import { BackendPools } from './backend-pool.ts'
import { Forwarding } from './forwarding.ts'

export interface ForwarderOptions {
  /** Private authorities in PEM, besides those Node trusts. [F6] */
  readonly ca?: readonly string[] | undefined
  /** The connector's own allow-list; without one everything but link-local and metadata addresses. [K6] */
  readonly allow?: AllowList | undefined
  readonly connectTimeoutMs?: number | undefined
  readonly log: Log
}

export interface Forwarder {
  readonly serve: Serve
  /** Ends every exchange (the edge is told) and every connection. */
  close(): Promise<void>
}

/**
 * The connector's last hop: each tunnel request becomes one HTTP/1.1 request to the internal application, and its answer
 * goes back through the stream. Redirects are not followed, bodies not decoded, request trailers dropped (undici cannot
 * send them). Nothing a backend sends throws. Throws when one of `ca` is no certificate. [F1] [F5] [F6]
 */
export function createForwarder(options: ForwarderOptions): Forwarder {
  const { log } = options
  const pools = new BackendPools(options)
  let closed = false
  const serve: Serve = (request, body, end, stream) => {
    if (closed) {
      stream.reset('draining')
      return refused
    }
    try {
      const backend = pools.obtain(request.origin, request.verifyCertificate)
      const forwarding = new Forwarding(request, stream, backend, log)
      forwarding.start(body, end)
      return forwarding
    } catch (thrown) {
      const code = exchangeCode(asFault(thrown))
      log.error({ request: request.id, origin: request.origin, code, err: thrown }, 'not forwarded')
      stream.reset(code)
      return refused
    }
  }
  const close = (): Promise<void> => {
    closed = true
    return pools.close()
  }
  return { serve, close }
}

const refused: RequestHandler = { onData() {}, onEnd() {}, onError() {} }
