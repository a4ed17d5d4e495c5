import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { asFault } from '../base/fault.ts'
import type { ProbeAnswer, ProbeRequest, ProbeSender } from '../doctor/exchanges.ts'
import { probeBackend } from '../edge/backend-probe.ts'
import type { Edge } from '../edge/edge.ts'
import type { BoundPorts } from './ports.ts'

// An application that needs longer than this is not what a page waits for either.
const answerTimeoutMs = 10_000
// A head with all cookies of an application; the edge lets no larger one through.
const headMaxBytes = 64 * 1024

/** The doctor's two ways to what this edge publishes. */
export interface DoctorProbe extends ProbeSender {
  /** The edge to send through; until then nothing answers. */
  attach(edge: Edge): void
}

/** Sends nowhere but to this edge's own listener, at `host`, and through its tunnels. [D2] */
export function createDoctorProbe(host: string, ports: BoundPorts): DoctorProbe {
  let edge: Edge | undefined
  const listener = { host: reachable(host), ports }
  return {
    attach(started) {
      edge = started
    },
    throughEdge: (request) => askListener(listener, request).catch(failure),
    async toApplication(request) {
      if (!edge) return failure(new Error('the edge is starting'))
      try {
        return await probeBackend(edge, request, answerTimeoutMs)
      } catch (thrown) {
        return failure(thrown)
      }
    },
  }
}

function failure(thrown: unknown): ProbeAnswer {
  const { code, message } = asFault(thrown)
  return { failure: code, sentence: `${message} (${code}).` }
}

// Who listens on all addresses is reached at this one.
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

interface Listener {
  readonly host: string
  readonly ports: BoundPorts
}

/** The head of the answer of the edge's own listener. Rejects with the system's error. */
async function askListener({ host, ports }: Listener, request: ProbeRequest): Promise<ProbeAnswer> {
  const { method, url, headers } = request
  const secure = url.protocol === 'https:'
  const send = secure ? requestHttps : requestHttp
  const outgoing = send({
    host,
    port: portOf(url, ports),
    method,
    path: url.pathname + url.search,
    headers: ['Host', url.host, 'User-Agent', 'Sallyport-Doctor', ...headers],
    servername: url.hostname,
    // It is this process that answers, with whatever certificate there is for the host.
    rejectUnauthorized: false,
    maxHeaderSize: headMaxBytes,
    agent: false,
    signal: AbortSignal.timeout(answerTimeoutMs),
  })
  const answered = Promise.withResolvers<ProbeAnswer>()
  outgoing.on('error', answered.reject)
  outgoing.on('response', (message: IncomingMessage) => {
    answered.resolve({ status: message.statusCode ?? 0, headers: message.rawHeaders })
    // Only the head is looked at.
    message.destroy()
  })
  outgoing.end()
  return answered.promise
}

/** The port of a URL, or where something in front of the edge stands for it, the edge's own. */
function portOf(url: URL, { port, morePorts, plainPorts }: BoundPorts): number {
  const plain = plainPorts.map((each) => each.port)
  const served = url.protocol === 'https:' ? [port, ...morePorts] : plain
  const wanted = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const [first = port] = served
  return served.includes(wanted) ? wanted : first
}
