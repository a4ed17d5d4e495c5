import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { originOf } from '../http/origin.ts'
import type { ResetCode } from '../tunnel/exchange.ts'
import type { ProbeTarget } from '../tunnel/health.ts'
import type { AllowList } from './allow-list.ts'
import { resetCodeOf } from './backend-failure.ts'
import { openBackendSocket } from './backend-socket.ts'

/** Tries to reach an origin; resolves to `ok` or to why not. Never rejects. */
export type Probe = (target: ProbeTarget) => Promise<'ok' | ResetCode>

/** Half of what a request would wait: who is slower is not well. */
const connectTimeoutMs = 5_000

/**
 * Reaches an origin as a request would (name look-up, allow-list, TCP, TLS and certificate) and asks for nothing:
 * applications see a connection that comes and goes. Throws for an authority that is none. [K4] [K6]
 */
export function createProbe(ca: readonly string[], allow: AllowList | undefined): Probe {
  const secureContext: SecureContext | undefined =
    ca.length > 0
      ? createSecureContext({ ca: [...getCACertificates('default'), ...ca] })
      : undefined
  return ({ origin: written, verifyCertificate }) =>
    new Promise((resolve) => {
      const origin = originOf(written)
      if (!origin) {
        resolve('protocol-error')
        return
      }
      const destination = { origin, verifyCertificate, secureContext, allow, connectTimeoutMs }
      openBackendSocket(destination, ['h2', 'http/1.1'], { reader: undefined }, (fault, socket) => {
        socket?.on('error', () => {}).destroy()
        resolve(fault ? resetCodeOf(fault) : 'ok')
      })
    })
}
