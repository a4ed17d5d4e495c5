import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts, startListening } from '../commands.ts'
import { signIn } from '../sign-in.ts'
import type { Stage } from '../stage.ts'
import type { GoPrograms } from './go-programs.ts'
import { startGuard } from './nginx.ts'
import { makePeerFolder, type Peer, type PeerFolder } from './peer.ts'
import { writeCaddyfile } from './plain.ts'
import { startProvider } from './provider.ts'

// As many connections as load keeps open, with some room.
const apacheThreads = 128

/** Apache with mod_auth_openidc: event MPM, one child, sessions in shared memory, as its documentation has it. */
export async function startApache(stage: Stage): Promise<Peer> {
  const folder = await makePeerFolder(stage, 'apache')
  const { tls } = await freePorts('tls')
  const url = `https://localhost:${tls}/`
  const redirectUri = `${url}redirect_uri`
  const provider = stage.use(await startProvider(await stage.authority, redirectUri))
  const file = join(folder.path, 'apache.conf')
  writeFileSync(
    file,
    `${apacheBasics(folder, tls)}
OIDCProviderMetadataURL ${provider.issuer}/.well-known/openid-configuration
OIDCClientID ${provider.clientId}
OIDCClientSecret ${provider.clientSecret}
OIDCProviderTokenEndpointAuth client_secret_post
OIDCPKCEMethod S256
OIDCCABundlePath ${folder.ca}
OIDCRedirectURI ${redirectUri}
OIDCCryptoPassphrase ${randomBytes(24).toString('base64url')}
OIDCSessionType server-cache
OIDCScope "openid email profile"
<Location />
  AuthType openid-connect
  Require valid-user
</Location>
SSLProxyEngine off
ProxyRequests off
ProxyPreserveHost off
RequestHeader set X-Forwarded-Proto https
RequestHeader set X-Forwarded-Port ${tls}
ProxyPass /redirect_uri !
ProxyPass / http://127.0.0.1:${await stage.application}/ keepalive=On max=${apacheThreads}
`,
  )
  const command = ['apache2', '-DFOREGROUND', '-f', file]
  const running = stage.use(await startListening('front', command, tls))
  const cookie = await signIn(url, (await stage.authority).pem)
  const edgeSide = { apache: running.pid }
  return { name: 'Apache + mod_auth_openidc', url, cookie, edgeSide, inside: {} }
}

function apacheBasics({ path, cert, key }: PeerFolder, port: number): string {
  const modules = [
    ...['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'headers', 'proxy', 'proxy_http'],
    ...['socache_shmcb', 'ssl', 'auth_openidc'],
  ]
  const loads = modules.map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  )
  return `ServerRoot ${path}
PidFile ${path}/apache.pid
DefaultRuntimeDir ${path}
Mutex file:${path}
ServerName localhost
Listen 127.0.0.1:${port}
${loads.join('\n')}
ErrorLog ${path}/error.log
LogLevel warn
StartServers 1
ServerLimit 1
ThreadLimit ${apacheThreads}
ThreadsPerChild ${apacheThreads}
MaxRequestWorkers ${apacheThreads}
MaxConnectionsPerChild 0
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 75
SSLEngine on
SSLCertificateFile ${cert}
SSLCertificateKeyFile ${key}
SSLProtocol -all +TLSv1.2 +TLSv1.3
SSLSessionCache shmcb:${path}/tls(5120000)`
}

/** oauth2-proxy as the reverse proxy itself, with TLS; sessions in its cookie, which is its default. */
export async function startOauth2Proxy(stage: Stage, programs: GoPrograms): Promise<Peer> {
  const folder = await makePeerFolder(stage, 'oauth2-proxy')
  const { tls } = await freePorts('tls')
  const url = `https://localhost:${tls}/`
  const command = await guardCommand(stage, programs, folder, url, [
    `--https-address=127.0.0.1:${tls}`,
    '--http-address=',
    `--tls-cert-file=${folder.cert}`,
    `--tls-key-file=${folder.key}`,
    `--upstream=http://127.0.0.1:${await stage.application}/`,
  ])
  const running = stage.use(await startListening('front', command, tls))
  const cookie = await signIn(url, (await stage.authority).pem)
  const edgeSide = { 'oauth2-proxy': running.pid }
  return { name: 'oauth2-proxy', url, cookie, edgeSide, inside: {} }
}

/** nginx `auth_request` and oauth2-proxy, in front of whatever stands at port `upstream`. */
export async function startNginxGuard(
  stage: Stage,
  programs: GoPrograms,
  upstream: number,
  place: { readonly name: string; readonly inside: Readonly<Record<string, number>> },
): Promise<Peer> {
  const folder = await makePeerFolder(stage, `guard-of-${upstream}`)
  const ports = await freePorts('tls', 'guard')
  const url = `https://localhost:${ports.tls}/`
  const guard = await startBehind(stage, programs, folder, url, ports.guard)
  const certificate = await stage.certificate()
  const nginx = stage.use(await startGuard(folder.path, { ...ports, upstream }, certificate))
  const cookie = await signIn(url, (await stage.authority).pem)
  const edgeSide = { nginx: nginx.group, 'oauth2-proxy': guard }
  return { name: place.name, url, cookie, edgeSide, inside: place.inside }
}

/** Caddy `forward_auth` and oauth2-proxy, as the documentation of Caddy has it. */
export async function startCaddyGuard(stage: Stage, programs: GoPrograms): Promise<Peer> {
  const folder = await makePeerFolder(stage, 'caddy-guard')
  const ports = await freePorts('tls', 'guard')
  const url = `https://localhost:${ports.tls}/`
  const guard = await startBehind(stage, programs, folder, url, ports.guard)
  const command = writeCaddyfile(folder.path, ports.tls, {
    tls: `tls ${folder.cert} ${folder.key}`,
    site: `handle /oauth2/* {
    reverse_proxy 127.0.0.1:${ports.guard} {
      header_up X-Real-IP {remote_host}
      header_up X-Forwarded-Uri {uri}
    }
  }
  handle {
    forward_auth 127.0.0.1:${ports.guard} {
      uri /oauth2/auth
      header_up X-Real-IP {remote_host}
      copy_headers X-Auth-Request-User X-Auth-Request-Email
      @error status 401
      handle_response @error {
        redir * /oauth2/start?rd={scheme}://{hostport}{uri}
      }
    }
    reverse_proxy 127.0.0.1:${await stage.application}
  }`,
  })
  const environment = { env: { XDG_DATA_HOME: folder.path } }
  const caddy = stage.use(await startListening('front', command, ports.tls, environment))
  const cookie = await signIn(url, (await stage.authority).pem)
  const edgeSide = { caddy: caddy.pid, 'oauth2-proxy': guard }
  return { name: 'Caddy forward_auth + oauth2-proxy', url, cookie, edgeSide, inside: {} }
}

/** oauth2-proxy that only answers whether somebody is signed in; gives back its process group. */
async function startBehind(
  stage: Stage,
  programs: GoPrograms,
  folder: PeerFolder,
  url: string,
  port: number,
): Promise<number> {
  const command = await guardCommand(stage, programs, folder, url, [
    `--http-address=127.0.0.1:${port}`,
    '--reverse-proxy=true',
    '--trusted-proxy-ip=127.0.0.1',
    '--set-xauthrequest=true',
    '--upstream=static://202',
  ])
  return stage.use(await startListening('front', command, port)).pid
}

async function guardCommand(
  stage: Stage,
  programs: GoPrograms,
  folder: PeerFolder,
  url: string,
  more: readonly string[],
): Promise<string[]> {
  const redirectUri = `${url}oauth2/callback`
  const provider = stage.use(await startProvider(await stage.authority, redirectUri))
  return [
    programs.oauth2Proxy,
    '--provider=oidc',
    `--oidc-issuer-url=${provider.issuer}`,
    `--client-id=${provider.clientId}`,
    `--client-secret=${provider.clientSecret}`,
    `--provider-ca-file=${folder.ca}`,
    `--redirect-url=${redirectUri}`,
    '--code-challenge-method=S256',
    '--scope=openid email profile',
    '--email-domain=*',
    `--cookie-secret=${randomBytes(32).toString('base64url')}`,
    '--skip-provider-button=true',
    '--request-logging=false',
    '--auth-logging=false',
    '--standard-logging=false',
    ...more,
  ]
}
