import type { ChallengeType } from '../certificates/acme-client.ts'
import type { Entrances, PlainMode } from '../edge/entrances.ts'
import type { Listener } from '../edge/listener.ts'
import type { ServedPorts } from '../publishing/port-warnings.ts'

/** Where an edge is to listen. */
export interface PortSettings {
  readonly host: string
  /** With TLS; the sign-in and the management API are here. */
  readonly port: number
  /** More of them, for applications alone. */
  readonly morePorts?: readonly number[]
  readonly plainPorts?: readonly PlainPort[]
}

/** A port without TLS, and what becomes of requests there. */
export interface PlainPort {
  readonly port: number
  readonly mode: PlainMode
}

/** The ports an edge listens on, 0 nowhere among them. */
export type BoundPorts = Required<Omit<PortSettings, 'host'>>

/** Takes all ports, `shared` with other processes or not. Rejects with the system's error when one is not to be had. */
export async function bindPorts(
  listener: Listener,
  { host, port, morePorts = [], plainPorts = [] }: PortSettings,
  shared: boolean,
): Promise<BoundPorts> {
  const bound = await listener.bind(port, host, { shared })
  const more: number[] = []
  for (const wanted of morePorts) more.push(await listener.bind(wanted, host, { shared }))
  const plain: PlainPort[] = []
  for (const { port: wanted, mode } of plainPorts) {
    plain.push({ port: await listener.bind(wanted, host, { scheme: 'http', shared }), mode })
  }
  return { port: bound, morePorts: more, plainPorts: plain }
}

/** The same as the edge's pipeline looks at them, with its own hosts, which are `host:port`. */
export function entrancesAt(
  { port, morePorts, plainPorts }: BoundPorts,
  ownHosts: Iterable<string>,
  acmeChallenge: Entrances['acmeChallenge'],
): Entrances {
  return {
    secure: [port, ...morePorts],
    plain: new Map(plainPorts.map(({ port, mode }) => [port, mode])),
    ownHosts: new Set(ownHosts),
    acmeChallenge,
  }
}

// Where certificate authorities ask, whatever this edge listens on (RFC 8555 §8.3, RFC 8737 §3).
const [acmeHttpPort, acmeTlsPort] = [80, 443]

/**
 * How a certificate authority can be shown that a host is ours. Other ports than its own may be translated from those, and
 * that of TLS is one that every edge has.
 */
export function challengesAt({
  port,
  morePorts,
  plainPorts,
}: BoundPorts): readonly ChallengeType[] {
  const onlyHttp =
    plainPorts.some((plain) => plain.port === acmeHttpPort) &&
    ![port, ...morePorts].includes(acmeTlsPort)
  return onlyHttp ? ['http-01', 'tls-alpn-01'] : ['tls-alpn-01']
}

/** Where browsers can speak https and http to this edge. */
export function servedPorts({ port, morePorts, plainPorts }: BoundPorts): ServedPorts {
  const http = plainPorts.filter(({ mode }) => mode === 'serve').map((plain) => plain.port)
  return { https: [port, ...morePorts], http }
}
