import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RunningCommand } from '../test/process.ts'
import { onCore } from './cpu.ts'

/** PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** One nginx process, of one worker and no master, so that its CPU time is all there is to count. */
export interface RunningNginx extends AsyncDisposable {
  readonly pid: number
}

/** The application, which answers everything with `body`; nginx itself, so that it is no bottleneck. */
export async function startApplication(
  folder: string,
  port: number,
  body: string,
): Promise<RunningNginx> {
  return start(
    'application',
    folder,
    `keepalive_requests 1000000000;
     server {
       listen 127.0.0.1:${port};
       location / { default_type application/json; return 200 '${body}'; }
     }`,
  )
}

/** nginx as a plain reverse proxy, the way its own documentation sets one up, with and without TLS. */
export async function startProxy(
  folder: string,
  ports: { readonly tls: number; readonly plain: number; readonly application: number },
  certificate: Certificate,
): Promise<RunningNginx> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'cert.pem'), certificate.cert)
  await writeFile(join(folder, 'key.pem'), certificate.key, { mode: 0o600 })
  return start(
    'front',
    folder,
    `keepalive_requests 1000000000;
     ssl_certificate ${folder}/cert.pem;
     ssl_certificate_key ${folder}/key.pem;
     ssl_session_cache shared:tls:10m;
     ssl_protocols TLSv1.2 TLSv1.3;
     upstream application {
       server 127.0.0.1:${ports.application};
       keepalive 128;
       keepalive_requests 1000000000;
     }
     server {
       listen 127.0.0.1:${ports.tls} ssl;
       listen 127.0.0.1:${ports.plain};
       location / {
         if ($request_method = OPTIONS) { return 204; }
         proxy_pass http://application;
         proxy_http_version 1.1;
         proxy_set_header Connection '';
         proxy_set_header Host $proxy_host;
         proxy_set_header X-Forwarded-For $remote_addr;
         proxy_set_header X-Forwarded-Host $http_host;
         proxy_set_header X-Forwarded-Proto $scheme;
         proxy_set_header X-Forwarded-Port $server_port;
         proxy_set_header X-Request-Id $request_id;
       }
     }`,
  )
}

async function start(
  role: 'front' | 'application',
  folder: string,
  http: string,
): Promise<RunningNginx> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'nginx.conf')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  await writeFile(
    file,
    `daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid;
     error_log stderr notice;
     events { worker_connections 4096; }
     http {
       access_log off;
       ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')}
       ${http}
     }`,
  )
  // nginx writes that it is ready on stderr only.
  const command = onCore(role, ['nginx', '-e', 'stderr', '-c', file])
  const running = new RunningCommand('sh', ['-c', 'exec "$@" 2>&1', 'sh', ...command])
  await running.line((line) => line.includes('using the "epoll"'))
  return { pid: running.pid, [Symbol.asyncDispose]: () => running.stop() }
}
