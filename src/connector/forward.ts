import { asFault } from '../base/fault.ts'
import type { Log } from '../base/log.ts'
import type { RequestHandler, Serve, TunnelRequest } from '../tunnel/exchange.ts'
import type { AllowList } from './allow-list.ts'
import { resetCodeOf } from './backend-failure.ts'
import { Backends } from './backends.ts'
import { Forwarding, type ForwardingTerms } from './forwarding.ts'

/** What proxies allow as a rule (Envoy's stream idle timeout). */
const defaultBodyIdleTimeoutMs = 300_000

/** As for WebSockets: an application without pings is cut off once an hour, and its page connects again. */
const defaultEventStreamIdleTimeoutMs = 3_600_000

export interface ForwarderOptions {
  /** Private authorities in PEM, besides those Node trusts. [F6] */
  readonly ca?: readonly string[] | undefined
  /** The connector's own allow-list; without one everything but link-local and metadata addresses. [K6] */
  readonly allow?: AllowList | undefined
  /** Name look-up, TCP and TLS together; 10 s unless said. */
  readonly connectTimeoutMs?: number | undefined
  /** Longest silence within a body; 5 minutes unless said, an hour for event streams. [F5] */
  readonly bodyIdleTimeoutMs?: number | undefined
  readonly eventStreamIdleTimeoutMs?: number | undefined
  /** Gives each request as the application is to get it. */
  readonly enter?: ((request: TunnelRequest) => TunnelRequest) | undefined
  /** Called with each exchange that is over. */
  readonly onOver?: ForwardingTerms['onOver']
  readonly log: Log
}

export interface Forwarder {
  readonly serve: Serve
  /** Ends every exchange (the edge is told) and every connection. */
  close(): void
}

/**
 * The connector's last hop: each tunnel request becomes one request to the internal application, and its answer goes back
 * through the stream. Redirects are not followed, bodies not decoded. Nothing a backend sends throws. Throws when one of
 * `ca` is no certificate. [F1] [F5] [F6]
 */
export function createForwarder(options: ForwarderOptions): Forwarder {
  const {
    log,
    onOver,
    bodyIdleTimeoutMs = defaultBodyIdleTimeoutMs,
    eventStreamIdleTimeoutMs = defaultEventStreamIdleTimeoutMs,
  } = options
  const terms = { log, onOver, bodyIdleTimeoutMs, eventStreamIdleTimeoutMs }
  const backends = new Backends(options)
  let closed = false
  const serve: Serve = (received, body, end, stream) => {
    const request = options.enter?.(received) ?? received
    if (closed) {
      stream.reset('draining', 'the connector is stopping')
      return refused
    }
    try {
      const backend = backends.obtain(request)
      const forwarding = new Forwarding(request, stream, backend, terms)
      forwarding.start(body, end)
      return forwarding
    } catch (thrown) {
      const fault = asFault(thrown)
      const code = resetCodeOf(fault)
      log.error(
        { requestId: request.id, origin: request.origin, code, error: fault },
        'not forwarded',
      )
      stream.reset(code, fault.message)
      return refused
    }
  }
  const close = (): void => {
    closed = true
    backends.close()
  }
  return { serve, close }
}

const refused: RequestHandler = { onData() {}, onEnd() {}, onError() {} }
