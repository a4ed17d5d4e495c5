import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts, startListening } from '../commands.ts'
import type { Stage } from '../stage.ts'
import { startProxy } from './nginx.ts'
import { makePeerFolder, type Peer } from './peer.ts'

/** nginx as a plain proxy to the small application; its three ports are one process. */
export interface PlainNginx {
  readonly tls: Peer
  readonly http2: Peer
  readonly withoutTls: Peer
}

/** nginx, plain. */
export async function startPlainNginx(stage: Stage): Promise<PlainNginx> {
  const ports = await freePorts('tls', 'http2', 'plain')
  const certificate = await stage.certificate()
  const folder = join(stage.folder, 'nginx')
  const nginx = stage.use(await startProxy(folder, ports, await stage.application, certificate))
  const peer = (name: string, url: string): Peer => {
    return { name, url, cookie: undefined, edgeSide: { nginx: nginx.group }, inside: {} }
  }
  return {
    tls: peer('nginx', `https://localhost:${ports.tls}/`),
    http2: peer('nginx', `https://localhost:${ports.http2}/`),
    withoutTls: peer('nginx, no TLS', `http://localhost:${ports.plain}/`),
  }
}

/** HAProxy as a plain proxy: one thread, connections to the application kept and shared. */
export async function startHaproxy(stage: Stage): Promise<Peer> {
  const { path, both } = await makePeerFolder(stage, 'haproxy')
  const { tls } = await freePorts('tls')
  const file = join(path, 'haproxy.cfg')
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 4096
  ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend edge
  bind 127.0.0.1:${tls} ssl crt ${both} alpn http/1.1
  option forwardfor
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Proto https
  http-request set-header X-Forwarded-Port ${tls}
  http-request set-header X-Request-Id %[uuid()]
  default_backend application
backend application
  server one 127.0.0.1:${await stage.application} pool-max-conn 128
`,
  )
  const running = stage.use(await startListening('front', ['haproxy', '-db', '-f', file], tls))
  const edgeSide = { haproxy: running.pid }
  const url = `https://localhost:${tls}/`
  return { name: 'HAProxy', url, cookie: undefined, edgeSide, inside: {} }
}

/** Caddy as a plain proxy, one line as its documentation has it. */
export async function startCaddy(stage: Stage): Promise<Peer> {
  const { path, cert, key } = await makePeerFolder(stage, 'caddy')
  const { tls } = await freePorts('tls')
  const command = writeCaddyfile(path, tls, {
    tls: `tls ${cert} ${key}`,
    site: `reverse_proxy 127.0.0.1:${await stage.application}`,
  })
  const running = stage.use(
    await startListening('front', command, tls, { env: { XDG_DATA_HOME: path } }),
  )
  const edgeSide = { caddy: running.pid }
  const url = `https://localhost:${tls}/`
  return { name: 'Caddy', url, cookie: undefined, edgeSide, inside: {} }
}

/** Writes a Caddyfile for one site at `localhost`; gives back the command that runs it. */
export function writeCaddyfile(
  folder: string,
  port: number,
  lines: { readonly tls: string; readonly site: string },
): string[] {
  const file = join(folder, 'Caddyfile')
  writeFileSync(
    file,
    `{
  admin off
  auto_https off
  storage file_system ${folder}/storage
  log {
    level ERROR
  }
}
https://localhost:${port} {
  bind 127.0.0.1
  ${lines.tls}
  ${lines.site}
}
`,
  )
  return ['caddy', 'run', '--adapter', 'caddyfile', '--config', file]
}
