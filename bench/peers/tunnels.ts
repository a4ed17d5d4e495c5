import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts, start, startListening, untilListening } from '../commands.ts'
import type { Stage } from '../stage.ts'
import { startNginxGuard } from './authenticating.ts'
import type { GoPrograms } from './go-programs.ts'
import { startProxy } from './nginx.ts'
import { makePeerFolder, type Peer } from './peer.ts'

/** A tunnel that makes the application reachable at a port of the edge's machine. */
interface Tunnel {
  readonly port: number
  readonly edgeSide: Readonly<Record<string, number>>
  readonly inside: Readonly<Record<string, number>>
}

/** nginx with TLS in front of frp; nobody signs in. */
export async function startFrpPeer(stage: Stage, programs: GoPrograms): Promise<Peer> {
  return withTlsInFront(stage, 'nginx + frp', await startFrp(stage, programs, 'frp'))
}

/** nginx with TLS in front of chisel; nobody signs in. */
export async function startChiselPeer(stage: Stage, programs: GoPrograms): Promise<Peer> {
  return withTlsInFront(stage, 'nginx + chisel', await startChisel(stage, programs))
}

/** What a user would put together for what Sallyport does: nginx, oauth2-proxy and frp. */
export async function startAssembled(stage: Stage, programs: GoPrograms): Promise<Peer> {
  const tunnel = await startFrp(stage, programs, 'assembled-frp')
  const name = 'nginx + oauth2-proxy + frp'
  const peer = await startNginxGuard(stage, programs, tunnel.port, { name, inside: tunnel.inside })
  return { ...peer, edgeSide: { ...peer.edgeSide, ...tunnel.edgeSide } }
}

async function withTlsInFront(stage: Stage, name: string, tunnel: Tunnel): Promise<Peer> {
  const ports = await freePorts('tls', 'http2', 'plain')
  const folder = join(stage.folder, `tls-of-${tunnel.port}`)
  const certificate = await stage.certificate()
  const nginx = stage.use(await startProxy(folder, ports, tunnel.port, certificate))
  const edgeSide = { nginx: nginx.group, ...tunnel.edgeSide }
  const url = `https://localhost:${ports.tls}/`
  return { name, url, cookie: undefined, edgeSide, inside: tunnel.inside }
}

/** frp with its defaults: one multiplexed connection with TLS; a TCP proxy, which is cheaper than its HTTP one. */
async function startFrp(stage: Stage, programs: GoPrograms, name: string): Promise<Tunnel> {
  const { path } = await makePeerFolder(stage, name)
  const ports = await freePorts('control', 'remote')
  const quiet = 'log.to = "console"\nlog.level = "error"'
  const serverFile = join(path, 'frps.toml')
  writeFileSync(serverFile, `bindAddr = "127.0.0.1"\nbindPort = ${ports.control}\n${quiet}\n`)
  const server = stage.use(
    await startListening('front', [programs.frps, '-c', serverFile], ports.control),
  )
  const clientFile = join(path, 'frpc.toml')
  writeFileSync(
    clientFile,
    `serverAddr = "127.0.0.1"
serverPort = ${ports.control}
${quiet}
[[proxies]]
name = "application"
type = "tcp"
localIP = "127.0.0.1"
localPort = ${await stage.application}
remotePort = ${ports.remote}
`,
  )
  const client = stage.use(start('inside', [programs.frpc, '-c', clientFile]))
  await untilListening(ports.remote)
  return { port: ports.remote, edgeSide: { frps: server.pid }, inside: { frpc: client.pid } }
}

/** chisel with a reverse port; SSH over WebSocket, so that it needs no TLS of its own. */
async function startChisel(stage: Stage, programs: GoPrograms): Promise<Tunnel> {
  const ports = await freePorts('control', 'remote')
  const listen = ['--host', '127.0.0.1', '--port', String(ports.control)]
  const server = stage.use(
    await startListening(
      'front',
      [programs.chisel, 'server', '--reverse', ...listen],
      ports.control,
    ),
  )
  const remote = `R:127.0.0.1:${ports.remote}:127.0.0.1:${await stage.application}`
  const client = stage.use(
    start('inside', [programs.chisel, 'client', `http://127.0.0.1:${ports.control}`, remote]),
  )
  await untilListening(ports.remote)
  return {
    port: ports.remote,
    edgeSide: { chisel: server.pid },
    inside: { 'chisel client': client.pid },
  }
}
