import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseAuthority } from '../http/authority.ts'
import {
  addSignalOptions,
  addTraceOptions,
  readSpanOptions,
  readTraceOptions,
} from './signal-options.ts'

// Everything below is loaded by the command that needs it: the connector must not pay for the edge's libraries.

const defaultPorts: readonly number[] = [443]
// A working day, lunch included; who stays longer goes through the provider once more.
const defaultSessionSeconds = 12 * 60 * 60

interface PlainPortOption {
  readonly port: number
  readonly mode: 'redirect' | 'serve' | undefined
}

/** The commands that run a process, and those that stand beside the folder of one. */
export function addProcessCommands(program: Command): void {
  addDemo(program)
  addEdge(program)
  addConnector(program)
  addToken(program)
  addSetUp(program)
  addBackup(program)
}

function addDemo(program: Command): void {
  const demo = program
    .command('demo')
    .description('edge, connector and two sample applications on this machine')
    .option('--port <number>', 'port of the edge; 0 picks a free one', toPort, 8443)
    .option('--data <folder>', 'where files go (default: a temporary folder)')
    .option(
      '--session-lifetime <seconds>',
      'how long a sign-in lasts',
      toSeconds,
      defaultSessionSeconds,
    )
  addSignalOptions(demo)
  demo.option('--json', 'print one JSON line when ready', false).action(async (options) => {
    // A sign of life before half a second of libraries is loaded. With --json, stdout is for the one line only.
    ;(options.json ? process.stderr : process.stdout).write('Sallyport demo\n')
    const { runDemo } = await import('./demo.ts')
    await runDemo({
      dataDir: options.data,
      port: options.port,
      json: options.json,
      signals: options.signals,
      otlp: options.otlp,
      sessionLifetimeSeconds: options.sessionLifetime,
    })
  })
}

function addEdge(program: Command): void {
  const edge = program
    .command('edge')
    .description('the side that browsers and connectors reach')
    .requiredOption('--data <folder>', 'database, keys and certificate authority')
    .requiredOption(
      '--domain <name>',
      'sign-in is at login.<name>, the management API at graph.<name>',
      toHostName,
    )
    .option('--connector-host <name>', 'name connectors dial (default: graph.<domain>)', toHostName)
  addPortOptions(edge)
  edge
    .option('--workers <number>', 'processes that share the port; auto: one per core', toWorkers, 1)
    .option(
      '--session-lifetime <seconds>',
      'how long a sign-in lasts at most; it is renewed meanwhile as token lifetime policies say',
      toSeconds,
      defaultSessionSeconds,
    )
    .option('--session-idle <seconds>', 'a sign-in that nobody uses for so long ends', toSeconds)
    .option('--log-retention-days <number>', 'how long sign-ins stay in the log', toDays, 30)
    .option('--audit-retention-days <number>', 'how long changes stay in the log', toDays, 365)
    .option('--segments-max <number>', 'segments that one application may have', toSegments, 50)
    .option(
      '--limits <file>',
      'JSON with limits that are to differ from the strict ones (docs/limits.md)',
    )
    .option('--trusted-proxy <cidr...>', 'proxies whose X-Forwarded-For is believed', [])
    .option('--countries <file>', 'country database (.mmdb) for named locations')
  addCertificateOptions(edge)
  addRequestOptions(edge)
  addSignalOptions(edge)
  addTraceOptions(edge)
  edge
    .option('--drain <seconds>', 'time for running requests when told to end', toGraceSeconds, 30)
    .option('--json', 'print one JSON line when ready', false)
    .action(async (options) => {
      const { readAcmeOptions } = await import('./acme.ts')
      const { readLimits } = await import('./limits.ts')
      const { runEdge } = await import('./edge-command.ts')
      await runEdge({
        limits: options.limits === undefined ? undefined : await readLimits(options.limits),
        acme: await readAcmeOptions(options),
        dataDir: options.data,
        domain: options.domain,
        connectorHost: options.connectorHost,
        host: options.host,
        port: options.port[0],
        morePorts: options.port.slice(1),
        plainPorts: (options.httpPort ?? []).map((plain: PlainPortOption) => ({
          port: plain.port,
          mode: plain.mode ?? options.http,
        })),
        sessionLifetimeSeconds: options.sessionLifetime,
        sessionIdleSeconds: options.sessionIdle,
        logRetentionDays: options.logRetentionDays,
        auditRetentionDays: options.auditRetentionDays,
        segmentsMax: options.segmentsMax,
        trustedProxies: options.trustedProxy,
        countriesFile: options.countries,
        liveRequests: options.liveRequests,
        accessLog: options.accessLog,
        ...{ signals: options.signals, traces: readTraceOptions(options) },
        workers: options.workers,
        drainSeconds: options.drain,
        json: options.json,
      })
    })
}

/** Where it listens. */
function addPortOptions(edge: Command): void {
  edge
    .option('--host <address>', 'address to listen on', '0.0.0.0')
    .option(
      '--port <number...>',
      'ports for browsers; connectors dial the first one',
      toPorts,
      defaultPorts,
    )
    .option('--http-port <port...>', 'ports without TLS, such as 80 or 8080=serve', toPlainPorts)
    .addOption(
      new Option('--http <mode>', 'what ports without TLS do when nothing else is said')
        .choices(['redirect', 'serve'])
        .default('redirect'),
    )
}

/** What becomes of requests once they are answered. */
function addRequestOptions(edge: Command): void {
  edge
    .option(
      '--live-requests <number>',
      'requests that each process remembers for the portal; 0: none',
      toRequests,
      2_000,
    )
    .option('--access-log <file>', 'one JSON line for each request; -: standard output')
}

/** Where certificates are ordered for hosts that have none. */
function addCertificateOptions(edge: Command): void {
  edge
    .option('--acme-directory <url>', 'orders certificates there for hosts that have none')
    .option('--acme-contact <address>', 'mail address for warnings of that authority')
    .option('--acme-agree-tos', 'its terms were read and agreed to')
    .option('--acme-ca <file>', 'the authority behind its own address, if it is a private one')
    .option('--acme-eab-kid <id>', 'key id of an account at its web site')
    .option('--acme-eab-key-file <file>', 'holds the key to that id, in base64url')
}

function addConnector(program: Command): void {
  const connector = program
    .command('connector')
    .description('the side inside the network; it only dials out')
    .requiredOption('--data <folder>', "the connector's own key, made at enrolment")
    .option('--token <token>', 'one-time enrolment token; needed at the first start')
    .option('--edge <address...>', 'host:port of each edge, if not the one it enrolled with')
    .option('--links <number>', 'tunnel connections to each edge', toLinks, 2)
    .option('--proxy <url>', 'HTTP proxy on the way out; otherwise HTTPS_PROXY and NO_PROXY count')
    .addOption(
      new Option('--transport <how>', 'how tunnels leave this network')
        .choices(['auto', 'direct', 'websocket'])
        .default('auto'),
    )
    .option('--ca <file...>', 'certificate authorities of the applications and the proxy', [])
    .option('--allow <destination...>', 'only these hosts, CIDRs or host:port may be reached')
  addSignalOptions(connector)
  connector
    .option('--drain <seconds>', 'time for running requests when told to end', toGraceSeconds, 30)
    .option('--json', 'print one JSON line when connected', false)
    .action(async (options) => {
      const { runConnector } = await import('./connector-command.ts')
      await runConnector({
        dataDir: options.data,
        token: options.token,
        edges: options.edge,
        linksPerEdge: options.links,
        proxy: options.proxy,
        transport: options.transport,
        caFiles: options.ca,
        allow: options.allow,
        signals: options.signals,
        traces: readSpanOptions(options),
        drainSeconds: options.drain,
        json: options.json,
      })
    })
}

function addToken(program: Command): void {
  program
    .command('token')
    .description('print a bearer token for the management API')
    .requiredOption('--data <folder>', 'the data folder of the edge')
    .option('--lifetime <seconds>', 'how long it is valid', toSeconds, 3600)
    .action(async (options) => {
      const { openKeys } = await import('./keys.ts')
      const { createApiToken } = await import('./api-token.ts')
      const { expectEdgeFolder } = await import('./edge-folder.ts')
      await expectEdgeFolder(options.data)
      const keys = await openKeys(options.data)
      process.stdout.write(`${await createApiToken(keys.apiToken, options.lifetime)}\n`)
    })
}

function addSetUp(program: Command): void {
  program
    .command('set-up')
    .description('print a link that makes the first administrator')
    .requiredOption('--data <folder>', 'the data folder of the edge')
    .action(async (options) => {
      const { createLog } = await import('../base/log.ts')
      const { createSetUpCode, setUpLink } = await import('./set-up-code.ts')
      const { readLogin } = await import('./edge-folder-access.ts')
      const { expectEdgeFolder } = await import('./edge-folder.ts')
      await expectEdgeFolder(options.data)
      const code = await createSetUpCode(options.data, createLog('set-up'))
      if (code === undefined) throw new Error('There is an administrator already.')
      const login = (await readLogin(options.data)) ?? 'https://login.<domain>'
      process.stdout.write(`${setUpLink(login, code)}\n`)
    })
}

function addBackup(program: Command): void {
  program
    .command('backup')
    .description('copy the data folder of an edge, which may go on running')
    .requiredOption('--data <folder>', 'the data folder of the edge')
    .requiredOption('--to <folder>', 'a new folder; an edge can be started with it as it is')
    .action(async (options) => {
      const { backUpEdge } = await import('./backup.ts')
      const { expectEdgeFolder } = await import('./edge-folder.ts')
      await expectEdgeFolder(options.data)
      await backUpEdge(options.data, options.to)
      process.stdout.write(`${options.to}\n`)
    })
}

function toPort(text: string): number {
  return toWhole(text, 0, 65_535)
}

/** One more of several ports. */
function toPorts(text: string, before: readonly number[]): number[] {
  return [...(before === defaultPorts ? [] : before), toPort(text)]
}

/** One more of several, each such as `80` or `8080=serve`. */
function toPlainPorts(text: string, before: readonly PlainPortOption[] = []): PlainPortOption[] {
  const [number = '', mode, ...more] = text.split('=')
  if (more.length > 0 || (mode !== undefined && mode !== 'redirect' && mode !== 'serve')) {
    throw new InvalidArgumentError('Give a port, or <port>=redirect, or <port>=serve.')
  }
  return [...before, { port: toPort(number), mode }]
}

function toHostName(text: string): string {
  const authority = parseAuthority(text, 443)
  if (!authority || text.includes(':')) throw new InvalidArgumentError('Give a host name.')
  return authority.host
}

function toSeconds(text: string): number {
  return toWhole(text, 1, 31_536_000)
}

function toDays(text: string): number {
  return toWhole(text, 1, 3650)
}

// A list of more does not fit into one call of the management API (1 MiB).
function toSegments(text: string): number {
  return toWhole(text, 1, 5000)
}

// Half a kilobyte each, in three lists.
function toRequests(text: string): number {
  return toWhole(text, 0, 100_000)
}

// Longer than ten minutes and whoever supervises the process ends it.
function toGraceSeconds(text: string): number {
  return toWhole(text, 0, 600)
}

function toWorkers(text: string): number | 'auto' {
  return text === 'auto' ? text : toWhole(text, 1, 64)
}

function toLinks(text: string): number {
  return toWhole(text, 1, 16)
}

function toWhole(text: string, least: number, most: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < least || number > most) {
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`)
  }
  return number
}
