import { Fault, type FaultCode } from '../base/fault.ts'
import { type ResetCode, resetCodes } from '../tunnel/exchange.ts'
import type { BackendFailure } from './backend-exchange.ts'

/** A failure that can be told to the edge. */
export type BackendCode = FaultCode & ResetCode

const connectCodes: Readonly<Record<string, BackendCode>> = {
  ECONNREFUSED: 'backend-refused',
  ECONNRESET: 'backend-reset',
  EPIPE: 'backend-reset',
  EMFILE: 'overloaded',
  ENFILE: 'overloaded',
  ENOMEM: 'overloaded',
}

/** Why no connection came about, as a Fault; `socket.authorizationError` tells a refused certificate from the rest. */
export function connectFault(cause: Error, socket: object): Fault {
  if (cause instanceof Fault) return cause
  const code = systemCode(cause)
  if ('authorizationError' in socket && socket.authorizationError) {
    return new Fault('backend-certificate', `certificate refused: ${code}`, { cause })
  }
  const known = connectCodes[code]
  if (known) return new Fault(known, `no connection: ${code}`, { cause })
  // A TLS alert or bytes that are no TLS: somebody answered, but not in the language agreed on.
  const spokeNoTls = code.startsWith('ERR_SSL_') || code === 'EPROTO'
  const fault = spokeNoTls ? 'backend-rubbish' : 'backend-unreachable'
  return new Fault(fault, `no connection: ${code}`, { cause })
}

/** What became of a connection that broke with `error`; told by codes, never by messages. */
export function brokenCode(error: Error): ResetCode {
  const code = systemCode(error)
  const misspoke = code.startsWith('ERR_SSL_') || code === 'EPROTO' || code === 'ERR_HTTP2_ERROR'
  return misspoke ? 'backend-rubbish' : 'backend-reset'
}

/** The forwarder is being closed. */
export const stopping: BackendFailure = {
  code: 'draining',
  detail: 'the connector is stopping',
  repeat: 'never',
}

/** No connection came about; another attempt at once would end the same. */
export function noConnection(fault: Fault): BackendFailure {
  return { code: resetCodeOf(fault), detail: fault.message, cause: fault, repeat: 'never' }
}

/** A fault as the edge is told of it. */
export function resetCodeOf({ code }: Fault): ResetCode {
  if (code === 'malformed-request') return 'protocol-error'
  return isResetCode(code) ? code : 'internal'
}

/** The code of a system or library error, `unknown` without one; the first one of several attempts. */
export function systemCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown'
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code
  if (thrown instanceof AggregateError) return systemCode(thrown.errors[0])
  return 'unknown'
}

function isResetCode(code: FaultCode): code is BackendCode {
  return code in resetCodes
}
