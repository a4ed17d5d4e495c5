// How fast one stream is over a long way: `node bench/tunnel-throughput.ts [MiB] [RTT ms …]`. Edge, connector and a
// relay that delays every chunk by half the round trip run in this process, so the figures are a lower bound.
import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import { silentLog } from '../src/base/log.ts'
import { connectLink } from '../src/tunnel/connector-end.ts'
import type { Link } from '../src/tunnel/edge-end.ts'
import type { AnswerHandler, OutboundStream, Serve, TunnelRequest } from '../src/tunnel/exchange.ts'
import { openTunnelEdge } from './tunnel-edge.ts'

const mebibyte = 2 ** 20
const chunk = Buffer.alloc(65_536, 'x')
const nothing = new Uint8Array(0)

const request: TunnelRequest = {
  id: 'bench',
  method: 'GET',
  origin: 'http://10.0.0.5:8080',
  target: '/',
  headers: ['host', 'app.internal'],
  headTimeoutMs: 85_000,
  verifyCertificate: true,
  upgrade: undefined,
}

/** A TCP relay that delays everything by half of `roundTripMs`, each way. */
async function startRelay(port: number, roundTripMs: number) {
  const server = createTcpServer((near) => {
    const far = connect(port, '127.0.0.1')
    delay(near, far, roundTripMs / 2)
    delay(far, near, roundTripMs / 2)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

function delay(from: Socket, to: Socket, delayMs: number): void {
  from.setNoDelay(true).on('error', () => to.destroy())
  if (delayMs === 0) from.pipe(to)
  else from.on('data', (data) => setTimeout(() => to.write(data), delayMs))
  from.on('close', () => to.destroy())
}

/** Sends `bytes` to whoever asks for them, as fast as the stream takes them. */
function serveBytes(bytes: number): Serve {
  return (_request, _body, _end, stream) => {
    let left = bytes
    stream.answer(200, [], nothing, false)
    const fill = (): void => {
      while (left > 0) {
        left -= chunk.length
        if (!stream.write(chunk)) return
      }
      stream.end()
    }
    stream.onDrain = fill
    fill()
    return { onData() {}, onEnd() {}, onError() {} }
  }
}

function download(link: Link): Promise<number> {
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const handler: AnswerHandler = {
      onInformation() {},
      onAnswer() {},
      onData: (piece) => stream.grant(piece.length),
      onEnd: () => resolve(performance.now() - startedAt),
      onError: (code, message) => reject(new Error(`${code}: ${message}`)),
    }
    const stream: OutboundStream = link.open(request, nothing, true, handler)
  })
}

async function measure(roundTripMs: number, bytes: number): Promise<void> {
  await using edge = await openTunnelEdge()
  const relay = await startRelay(edge.port, roundTripMs)
  await connectLink({
    edge: `127.0.0.1:${relay.port}`,
    caPem: edge.caPem,
    connectorId: 'bench',
    privateKey: createPrivateKey(edge.keyPem),
    machineName: 'bench',
    version: '0',
    serve: serveBytes(bytes),
    log: silentLog,
  })
  const elapsedMs = await download(await edge.link())
  const rate = bytes / 1_000 / elapsedMs
  const size = bytes / mebibyte
  console.log(
    `RTT ${roundTripMs} ms: ${size} MiB in ${elapsedMs.toFixed(0)} ms, ${rate.toFixed(1)} MB/s`,
  )
  relay.server.close()
}

const bytes = Number(process.argv[2] ?? 128) * mebibyte
const roundTrips = process.argv.length > 3 ? process.argv.slice(3).map(Number) : [0, 20, 80]
for (const roundTripMs of roundTrips) await measure(roundTripMs, bytes)
