import { errors } from 'undici'
import { Fault, type FaultCode } from '../base/fault.ts'
import { type ResetCode, resetCodes } from '../tunnel/exchange.ts'

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

const exchangeCodes: Readonly<Record<string, ResetCode>> = {
  UND_ERR_INVALID_ARG: 'protocol-error',
  UND_ERR_NOT_SUPPORTED: 'protocol-error',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'protocol-error',
  UND_ERR_HEADERS_OVERFLOW: 'backend-rubbish',
  UND_ERR_DESTROYED: 'draining',
  UND_ERR_CLOSED: 'draining',
  // An assertion in undici's parser is how it meets a status below 100.
  ERR_ASSERTION: 'backend-rubbish',
}

/** What became of a request, from what undici or the socket threw; told by codes, never by messages. */
export function exchangeCode(thrown: unknown): ResetCode {
  if (thrown instanceof Fault) return faultCode(thrown.code)
  const code = systemCode(thrown)
  const known = exchangeCodes[code]
  if (known) return known
  // With no data left to parse, the connection ended within a message.
  if (thrown instanceof errors.HTTPParserError)
    return 'data' in thrown && thrown.data ? 'backend-rubbish' : 'backend-reset'
  return code.startsWith('ERR_SSL_') ? 'backend-rubbish' : 'backend-reset'
}

/** The code of a system or library error, `unknown` without one; the first one of several attempts. */
export function systemCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown'
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code
  if (thrown instanceof AggregateError) return systemCode(thrown.errors[0])
  return 'unknown'
}

/**
 * Whether what ended a connection within an answer's head is the backend's language. undici says `UND_ERR_SOCKET` to a
 * 101 nobody asked for and to an end within the head, and calls every fault after a Content-Length a mismatch.
 */
export function isRubbishInHead(thrown: unknown): boolean {
  const code = systemCode(thrown)
  return code === 'UND_ERR_SOCKET' || code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
}

function faultCode(code: FaultCode): ResetCode {
  if (code === 'malformed-request') return 'protocol-error'
  return isResetCode(code) ? code : 'internal'
}

function isResetCode(code: FaultCode): code is BackendCode {
  return code in resetCodes
}
