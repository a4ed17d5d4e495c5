import { exitCodes, Failure } from './failure.ts'

const unknownAuthority = (url: URL) => ({
  code: 'certificate-unknown',
  message: `${url.origin} has a certificate of an authority that this machine does not know.`,
  details: [
    "If it is the edge's own authority, copy ca.pem from its data folder and name it with --ca.",
    'Compare its fingerprint with the one on the edge first: openssl x509 -in ca.pem -noout -fingerprint -sha256',
  ],
  fix: `sallyport whoami --server ${url.origin} --ca ca.pem`,
})

type Reason = { code: string; message: string; details?: readonly string[]; fix?: string }

const reasons: Readonly<Record<string, (url: URL, error: Error) => Reason>> = {
  ECONNREFUSED: (url) => ({
    code: 'edge-unreachable',
    message: `Nothing listens at ${url.host}.`,
    details: ['Is the edge running, and is this its port?'],
    fix: 'sallyport edge --data <folder> --domain <name>',
  }),
  ENOTFOUND: (url) => ({
    code: 'name-unknown',
    message: `No address is known for ${url.hostname}.`,
    details: ['The name may be misspelt, or known inside another network only.'],
  }),
  EAI_AGAIN: (url) => ({
    code: 'name-unknown',
    message: `The name server does not answer, so ${url.hostname} cannot be found.`,
  }),
  ECONNRESET: (url) => ({
    code: 'connection-lost',
    message: `${url.host} closed the connection before it had answered.`,
  }),
  ETIMEDOUT: (url, error) => ({
    code: 'no-answer',
    message: `${url.host}: ${error.message}.`,
    details: ['A firewall on the way may drop what is sent there.'],
  }),
  EPROTO: (url) => ({
    code: 'not-tls',
    message: `${url.host} does not speak TLS.`,
    details: ['Is this the port for https?'],
  }),
  ERR_TLS_CERT_ALTNAME_INVALID: (url) => ({
    code: 'certificate-foreign',
    message: `${url.origin} shows a certificate for another name.`,
    details: ['Use the name that the edge was given with --domain: https://graph.<domain>.'],
  }),
  CERT_HAS_EXPIRED: (url) => ({
    code: 'certificate-expired',
    message: `The certificate of ${url.origin} is no longer valid.`,
    details: ['Renew it on the edge, and look at the clock of this machine.'],
    fix: 'sallyport certificates list --data <folder of the edge>',
  }),
  CERT_NOT_YET_VALID: (url) => ({
    code: 'certificate-early',
    message: `The certificate of ${url.origin} is not valid yet.`,
    details: [`The clock of this machine says ${new Date().toISOString()}: is that so?`],
  }),
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
}

/** What keeps `url` from answering, in words that say what to do. */
export function unreachable(url: URL, cause: unknown): Failure {
  const error = innermost(cause)
  const known = reasons[codeOf(error)]?.(url, error)
  const { code, message, ...more } = known ?? {
    code: 'edge-unreachable',
    message: `${url.host} cannot be reached: ${error.message}.`,
  }
  const facts = { code, message, ...more, exitCode: exitCodes.unreachable }
  return new Failure(facts, { cause })
}

// Where a name has several addresses, each of them failed; the first says as much as the others.
function innermost(cause: unknown): Error {
  if (cause instanceof AggregateError && cause.errors.length > 0) return innermost(cause.errors[0])
  return cause instanceof Error ? cause : new Error(String(cause))
}

function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException
  return code?.startsWith('ERR_SSL_') ? 'EPROTO' : (code ?? '')
}
