import { lookup } from 'node:dns/promises'
import { isIP, type Socket } from 'node:net'
import { createSecureContext, getCACertificates, type SecureContext, TLSSocket } from 'node:tls'
import { Fault } from '../base/fault.ts'
import { type Origin, originOf } from '../http/origin.ts'
import type { ProbeTarget } from '../tunnel/health.ts'
import { type AllowList, decideDestination } from './allow-list.ts'
import { type Destination, openBackendSocket } from './backend-socket.ts'
import { check, codeOf, failed, passed, type Tell, warned } from './check-teller.ts'
import { nameOfIssuer } from './edge-certificate.ts'

export interface OriginQuestion {
  readonly target: ProbeTarget
  /** Authorities of the applications, in PEM. */
  readonly ca: readonly string[]
  readonly allow: AllowList | undefined
  readonly tell: Tell
}

/** As long as the probes of a running connector wait. */
const connectTimeoutMs = 5_000
const dayMs = 86_400_000
/** Two weeks leave time to order a new one. */
const endsSoonMs: number = 14 * dayMs

/** Looks at the way to one internal origin: its name, the allow-list, TCP, TLS and the certificate. [K4] [K6] */
export async function examineOrigin({ target, ca, allow, tell }: OriginQuestion): Promise<void> {
  const { origin: written, verifyCertificate } = target
  await check(
    tell,
    { id: 'origin', subject: written },
    async () => {
      const url = URL.parse(written)
      const origin = url && /^https?:$/.test(url.protocol) ? originOf(url.origin) : undefined
      if (!origin) return { told: failed(`${written} is no origin such as http://wiki.corp:8080`) }
      const host = origin.host.replace(/^\[|\]$/g, '')
      const addresses = isIP(host) === 0 ? await findAddresses(host) : [host]
      const because = judgeAddresses(host, origin.port, addresses, allow)
      const secureContext = contextOf(ca)
      const destination = { origin, verifyCertificate, secureContext, allow, connectTimeoutMs }
      const socket = await openSocket(destination)
      const certificate = describeCertificate(socket)
      socket.destroy()
      const name = isIP(host) === 0 ? `${addresses.join(', ')}, ` : ''
      const message = `${name}${because}; TCP${certificate.text} passes`
      return {
        told: certificate.endsSoon
          ? warned(message, 'Have its certificate renewed.')
          : passed(message),
      }
    },
    (reason, thrown) => judgeFailure(written, reason, thrown),
  )
}

async function findAddresses(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch (cause) {
    throw new Fault('backend-unreachable', `${host} has no address here (${codeOf(cause)})`, {
      cause,
    })
  }
}

/** Which entry lets one of the addresses through. Throws `destination-not-allowed`. */
function judgeAddresses(
  host: string,
  port: number,
  addresses: readonly string[],
  allow: AllowList | undefined,
): string {
  const verdicts = addresses.map((address) => decideDestination(allow, { host, port, address }))
  const allowed = verdicts.find((verdict) => verdict.allowed)
  if (allowed?.allowed) return allow ? `allowed by ${allowed.because}` : allowed.because
  const [first] = verdicts
  const code = first && !first.allowed ? first.because.code : 'not-listed'
  const message =
    code === 'not-listed'
      ? `the connector’s allow-list has no entry for ${host} port ${port} (${addresses.join(', ')})`
      : `${addresses.join(', ')} is link-local or a cloud’s metadata service: only an entry with that very address lets it through`
  throw new Fault('destination-not-allowed', message)
}

function contextOf(ca: readonly string[]): SecureContext | undefined {
  return ca.length > 0
    ? createSecureContext({ ca: [...getCACertificates('default'), ...ca] })
    : undefined
}

function openSocket(destination: Destination): Promise<Socket> {
  return new Promise((resolve, reject) => {
    openBackendSocket(destination, ['h2', 'http/1.1'], { reader: undefined }, (fault, socket) => {
      if (fault) reject(fault)
      else resolve(socket.on('error', () => {}))
    })
  })
}

function describeCertificate(socket: Socket): {
  readonly text: string
  readonly endsSoon: boolean
} {
  if (!(socket instanceof TLSSocket)) return { text: '', endsSoon: false }
  const certificate = socket.getPeerX509Certificate()
  const until = certificate?.validToDate
  const endsSoon = until !== undefined && until.getTime() - Date.now() < endsSoonMs
  const day = until?.toISOString().slice(0, 10) ?? 'nobody knows when'
  const checked = socket.authorized ? '' : ', not checked'
  return {
    text: `, TLS (certificate of ${nameOfIssuer(certificate)} until ${day}${checked})`,
    endsSoon,
  }
}

const fixes: Readonly<Record<string, (origin: Origin | undefined) => string>> = {
  'destination-not-allowed': (origin) =>
    `Add --allow ${origin ? `${origin.host}:${origin.port}` : '<host:port>'} to the connector, if it may be reached.`,
  'backend-certificate': () =>
    'Give the connector its authority with --ca, or switch the check off for the application (isBackendCertificateValidationEnabled).',
  'backend-refused': () =>
    'Nothing listens there: check the application, and the port of its internal URL.',
  'backend-rubbish': () =>
    'What answers does not speak TLS: should the internal URL begin with http://?',
  'backend-unreachable': () =>
    'Check the name, the route and the firewalls between this machine and the application.',
}

function judgeFailure(written: string, reason: string, thrown: unknown) {
  const code = thrown instanceof Fault ? thrown.code : ''
  const detail =
    thrown instanceof Fault && thrown.cause !== undefined ? certificateReason(thrown) : ''
  return failed(`${reason}${detail}`, fixes[code]?.(originOf(written)))
}

const certificateReasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: ': it has ended',
  ERR_TLS_CERT_ALTNAME_INVALID: ': it is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: ': it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: ': its authority is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ': its authority is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    ': its authority is not known here, or it is sent without the chain',
}

function certificateReason({ cause }: Fault): string {
  return certificateReasons[codeOf(cause)] ?? ''
}
