// What one exchange through the tunnel costs: `node bench/tunnel.ts [seconds] [concurrency]`. The edge end runs in this
// process, the connector end in a child, TLS 1.3 between them; nothing else does anything. Prints one JSON line.
import { fork } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { silentLog } from '../src/base/log.ts'
import { connectLink } from '../src/tunnel/connector-end.ts'
import type { Link } from '../src/tunnel/edge-end.ts'
import type { AnswerHandler, Serve, TunnelRequest } from '../src/tunnel/exchange.ts'
import { openTunnelEdge } from './tunnel-edge.ts'

interface Dial {
  readonly edge: string
  readonly caPem: string
  readonly keyPem: string
}

const nothing = new Uint8Array(0)
const body = Buffer.from(JSON.stringify({ name: 'Ada', groups: ['users', 'admins'] }).padEnd(1024))

// biome-ignore format: names and values belong side by side.
const answerHeaders = [
  'content-type', 'application/json; charset=utf-8', 'content-length', '1024',
  'date', 'Sun, 21 Nov 2027 12:00:00 GMT', 'cache-control', 'no-store', 'server', 'application/1.0',
  'set-cookie', 'a=0123456789abcdef; Path=/; HttpOnly', 'set-cookie', 'b=0123456789abcdef; Path=/',
]
// biome-ignore format: names and values belong side by side.
const request: TunnelRequest = {
  id: '01JD0000000000000000000000',
  method: 'GET',
  origin: 'http://10.0.0.5:8080',
  target: '/api/people?page=1',
  headers: [
    'host', 'app.internal:8080', 'user-agent', 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36',
    'accept', 'application/json, text/plain, */*', 'accept-encoding', 'gzip, deflate, br',
    'accept-language', 'en-GB,en;q=0.9', 'cookie', 'theme=dark; lang=en', 'sec-fetch-mode', 'cors',
    'sec-fetch-site', 'same-site', 'origin', 'https://app.contoso.net', 'referer', 'https://app.contoso.net/',
    'x-forwarded-for', '203.0.113.9', 'x-forwarded-host', 'api.contoso.net', 'x-forwarded-proto', 'https',
    'x-forwarded-port', '443', 'forwarded', 'for=203.0.113.9;host=api.contoso.net;proto=https',
  ],
  headTimeoutMs: 85_000,
  verifyCertificate: true,
  upgrade: undefined,
}

const serve: Serve = (_request, _body, _end, stream) => {
  stream.answer(200, answerHeaders, body, true)
  return { onData() {}, onEnd() {}, onError() {} }
}

async function runConnector(): Promise<void> {
  const [dial] = (await once(process, 'message')) as [Dial]
  const link = await connectLink({
    ...dial,
    privateKey: createPrivateKey(dial.keyPem),
    connectorId: 'bench',
    machineName: 'bench',
    version: '0',
    serve,
    log: silentLog,
  })
  process.on('message', () => process.send?.(process.cpuUsage() as object))
  await link.closed
  process.disconnect?.()
}

async function runEdge(seconds: number, concurrency: number): Promise<void> {
  const edge = await openTunnelEdge()
  // `--cpu-prof` is for one end at a time; the child gets it when asked to by name.
  const execArgv = process.env['PROFILE_CONNECTOR'] ? ['--cpu-prof'] : []
  const connector = fork(import.meta.filename, ['--connector'], { execArgv })
  const { port, caPem, keyPem } = edge
  connector.send({ edge: `127.0.0.1:${port}`, caPem, keyPem } satisfies Dial)
  const link = await edge.link()
  await exchangeFor(link, 1_000, concurrency)
  const connectorBefore = await cpuOf(connector)
  const before = process.cpuUsage()
  const startedAt = performance.now()
  const exchanges = await exchangeFor(link, seconds * 1_000, concurrency)
  const elapsedMs = performance.now() - startedAt
  const edgeCpu = process.cpuUsage(before)
  const connectorAfter = await cpuOf(connector)
  const connectorMicros = total(connectorAfter) - total(connectorBefore)
  console.log(
    JSON.stringify({
      exchangesPerSecond: exchanges / (elapsedMs / 1000),
      edgeUs: total(edgeCpu) / exchanges,
      connectorUs: connectorMicros / exchanges,
    }),
  )
  await edge[Symbol.asyncDispose]()
  await once(connector, 'exit')
}

function total(usage: NodeJS.CpuUsage): number {
  return usage.user + usage.system
}

async function cpuOf(child: ReturnType<typeof fork>): Promise<NodeJS.CpuUsage> {
  child.send('cpu')
  const [usage] = (await once(child, 'message')) as [NodeJS.CpuUsage]
  return usage
}

/** Keeps `concurrency` exchanges under way for so long; resolves to how many were answered. */
function exchangeFor(link: Link, durationMs: number, concurrency: number): Promise<number> {
  const until = performance.now() + durationMs
  let answered = 0
  let live = concurrency
  return new Promise((resolve, reject) => {
    const handler: AnswerHandler = {
      onInformation() {},
      onAnswer() {
        answered++
        next()
      },
      onData() {},
      onEnd() {},
      onError: (code, message) => reject(new Error(`${code}: ${message}`)),
    }
    function next(): void {
      if (performance.now() < until) link.open(request, nothing, true, handler)
      else if (--live === 0) resolve(answered)
    }
    for (let i = 0; i < concurrency; i++) next()
  })
}

if (process.argv.includes('--connector')) await runConnector()
else await runEdge(Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 64))
