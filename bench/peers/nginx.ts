import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startListening } from '../commands.ts'
import type { Role } from '../cpu.ts'
import type { Certificate } from '../stage.ts'

/** One nginx process, of one worker and no master, so that its CPU time is all there is to count. */
export interface RunningNginx extends AsyncDisposable {
  /** Process group. */
  readonly group: number
}

// Far beyond what one run asks for; the default of 1,000 closes connections in the middle of a round.
const requestsPerConnection = 1_000_000_000

/** The small application, which answers everything with `body`; nginx itself, so that it is no bottleneck. */
export function startApplication(
  folder: string,
  port: number,
  body: string,
): Promise<RunningNginx> {
  return startNginx('application', folder, port, [
    `server {
       listen 127.0.0.1:${port};
       location / { default_type application/json; return 200 '${body}'; }
     }`,
  ])
}

/** Ports of nginx as a plain proxy. */
export interface ProxyPorts {
  readonly tls: number
  /** TLS with HTTP/2. */
  readonly http2: number
  readonly plain: number
}

/** nginx as a plain reverse proxy, the way its own documentation sets one up: with TLS, with HTTP/2, without TLS. */
export function startProxy(
  folder: string,
  ports: ProxyPorts,
  upstream: number,
  certificate: Certificate,
): Promise<RunningNginx> {
  return startNginx('front', folder, ports.tls, [
    tlsDirectives(folder, certificate),
    upstreamBlock('application', upstream),
    `server {
       listen 127.0.0.1:${ports.tls} ssl;
       listen 127.0.0.1:${ports.http2} ssl http2;
       listen 127.0.0.1:${ports.plain};
       client_max_body_size 0;
       location / {
         if ($request_method = OPTIONS) { return 204; }
         ${proxyDirectives('application')}
       }
     }`,
  ])
}

/** nginx that asks oauth2-proxy about every request, as the documentation of oauth2-proxy has it, with kept connections. */
export function startGuard(
  folder: string,
  ports: { readonly tls: number; readonly guard: number; readonly upstream: number },
  certificate: Certificate,
): Promise<RunningNginx> {
  return startNginx('front', folder, ports.tls, [
    tlsDirectives(folder, certificate),
    upstreamBlock('application', ports.upstream),
    upstreamBlock('guard', ports.guard),
    `server {
       listen 127.0.0.1:${ports.tls} ssl;
       location /oauth2/ {
         proxy_pass http://guard;
         proxy_http_version 1.1;
         proxy_set_header Connection '';
         proxy_set_header Host $http_host;
         proxy_set_header X-Real-IP $remote_addr;
         proxy_set_header X-Forwarded-Host $http_host;
         proxy_set_header X-Forwarded-Proto $scheme;
         proxy_set_header X-Auth-Request-Redirect $request_uri;
       }
       location = /oauth2/auth {
         internal;
         proxy_pass http://guard;
         proxy_http_version 1.1;
         proxy_set_header Connection '';
         proxy_set_header Host $http_host;
         proxy_set_header X-Real-IP $remote_addr;
         proxy_set_header X-Forwarded-Host $http_host;
         proxy_set_header X-Forwarded-Proto $scheme;
         proxy_set_header X-Forwarded-Uri $request_uri;
         proxy_set_header Content-Length '';
         proxy_pass_request_body off;
       }
       location / {
         auth_request /oauth2/auth;
         error_page 401 = @sign_in;
         auth_request_set $user $upstream_http_x_auth_request_user;
         auth_request_set $email $upstream_http_x_auth_request_email;
         proxy_set_header X-User $user;
         proxy_set_header X-Email $email;
         ${proxyDirectives('application')}
       }
       location @sign_in { return 302 /oauth2/start?rd=$request_uri; }
     }`,
  ])
}

function tlsDirectives(folder: string, { cert, key }: Certificate): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'cert.pem'), cert)
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 })
  return `ssl_certificate ${folder}/cert.pem;
    ssl_certificate_key ${folder}/key.pem;
    ssl_session_cache shared:tls:10m;
    ssl_protocols TLSv1.2 TLSv1.3;`
}

function upstreamBlock(name: string, port: number): string {
  return `upstream ${name} {
    server 127.0.0.1:${port};
    keepalive 128;
    keepalive_requests ${requestsPerConnection};
  }`
}

// Uploads stream (`proxy_request_buffering off`), as they do through Sallyport: no copy on disk first.
function proxyDirectives(upstream: string): string {
  return `proxy_pass http://${upstream};
    proxy_http_version 1.1;
    proxy_request_buffering off;
    proxy_set_header Connection '';
    proxy_set_header Host $proxy_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Host $http_host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-Port $server_port;
    proxy_set_header X-Request-Id $request_id;`
}

async function startNginx(
  role: Role,
  folder: string,
  port: number,
  http: readonly string[],
): Promise<RunningNginx> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  writeFileSync(
    file,
    `daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid;
     error_log stderr warn;
     events { worker_connections 4096; }
     http {
       access_log off;
       keepalive_requests ${requestsPerConnection};
       ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
       ${http.join('\n')}
     }`,
  )
  const running = await startListening(role, ['nginx', '-e', 'stderr', '-c', file], port)
  return { group: running.pid, [Symbol.asyncDispose]: () => running.stop() }
}
