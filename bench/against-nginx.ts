import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LocalCa } from '../src/edge/local-ca.ts'
import { HttpClient } from '../test/http-client.ts'
import { loadFor, type Round, type Target } from './load.ts'
import { startApplication, startProxy } from './nginx.ts'
import { type RunningSallyport, startSallyport } from './sallyport.ts'

/** A target with what its rounds showed. */
export interface Measured {
  readonly target: Target
  readonly rounds: readonly Round[]
}

/** The kinds of request that are compared. */
export type Contest = 'sallyport' | 'nginx' | 'nginxPlain' | 'preflight' | 'nginx204'

// Five, so that the median stands two bad rounds; three seconds make the clock's 10 ms ticks count for little.
const rounds = 5
const roundSeconds = { get: 3, other: 2 }
// V8 has compiled the path by then, and every connection to the application stands.
const warmUpSeconds = 3

const body = JSON.stringify({ name: 'Ada', groups: ['users', 'admins'] }).padEnd(1024)

// A script's call from a page, as Chromium writes it; both sides get the same.
const browserFields = {
  'sec-ch-ua-platform': '"Linux"',
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  accept: 'application/json, text/plain, */*',
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'cors',
  'sec-fetch-dest': 'empty',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-GB,en;q=0.9',
}

/** Brings everything up, loads each in turn, takes it down again. Rejects when anything answers wrongly. */
export async function raceNginx(
  tell: (line: string) => void,
): Promise<Readonly<Record<Contest, Measured>>> {
  await using started = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'))
  started.defer(() => rm(folder, { recursive: true, force: true }))
  const [application, tls, plain] = await freePorts()
  tell('starting nginx as the application, edge and connector, nginx as the rival')
  started.use(await startApplication(join(folder, 'application'), application, body))
  const internalUrl = `http://127.0.0.1:${application}/`
  const sallyport = started.use(await startSallyport(folder, internalUrl))
  // The rival's certificate is of the same authority and the same kind of key.
  const authority = await LocalCa.open(join(folder, 'edge'))
  const certificate = await authority.issue(['localhost'])
  const ports = { tls, plain, application }
  const nginx = started.use(await startProxy(join(folder, 'nginx'), ports, certificate))
  const contests = describe(sallyport, nginx.pid, ports)
  for (const target of Object.values(contests)) await checkAnswer(target, sallyport.ca)
  tell(`warming up, then ${rounds} rounds; about a minute`)
  await loadFor(contests.sallyport, warmUpSeconds)
  await loadFor(contests.preflight, 1)
  await loadFor(contests.nginx, 1)
  const measured = await takeTurns(contests, tell)
  for (const target of Object.values(contests)) await checkAnswer(target, sallyport.ca)
  return measured
}

function describe(
  sallyport: RunningSallyport,
  nginxPid: number,
  ports: { readonly tls: number; readonly plain: number },
): Readonly<Record<Contest, Target>> {
  const { url, cookie, callerOrigin, edgePid, connectorPid } = sallyport
  const get = {
    method: 'GET',
    headers: { ...browserFields, cookie },
    bodyBytes: body.length,
  } as const
  const preflight = {
    method: 'OPTIONS',
    headers: {
      ...browserFields,
      origin: callerOrigin,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'x-custom',
    },
    bodyBytes: 0,
  } as const
  const both = { edge: edgePid, connector: connectorPid }
  const processes = { nginx: nginxPid }
  const tlsUrl = `https://localhost:${ports.tls}/`
  const plainUrl = `http://localhost:${ports.plain}/`
  return {
    sallyport: { name: 'GET, signed in: Sallyport', url, ...get, processes: both },
    nginx: { name: 'GET: nginx, TLS', url: tlsUrl, ...get, processes },
    nginxPlain: { name: 'GET: nginx, no TLS', url: plainUrl, ...get, processes },
    preflight: { name: 'preflight: Sallyport', url, ...preflight, processes: both },
    nginx204: { name: 'preflight: nginx, `return 204`', url: tlsUrl, ...preflight, processes },
  }
}

/** Every other round goes backwards, so that nobody always runs on the machine that the same other one left. */
async function takeTurns(
  contests: Readonly<Record<Contest, Target>>,
  tell: (line: string) => void,
): Promise<Readonly<Record<Contest, Measured>>> {
  const taken: Record<Contest, Round[]> = {
    sallyport: [],
    nginx: [],
    nginxPlain: [],
    preflight: [],
    nginx204: [],
  }
  const order = Object.keys(contests) as Contest[]
  for (let round = 1; round <= rounds; round++) {
    tell(`round ${round} of ${rounds}`)
    for (const contest of round % 2 === 1 ? order : order.toReversed()) {
      const target = contests[contest]
      const seconds = target.method === 'GET' ? roundSeconds.get : roundSeconds.other
      taken[contest].push(await loadFor(target, seconds))
    }
  }
  const entries = order.map((name) => [name, { target: contests[name], rounds: taken[name] }])
  return Object.fromEntries(entries) as Record<Contest, Measured>
}

/** One request by another client than the one that makes the load, which does not look at answers. */
async function checkAnswer(target: Target, ca: string): Promise<void> {
  await using client = new HttpClient({ ca })
  const answer = await client.request(target.url, target)
  const wanted = target.method === 'GET' ? { status: 200, text: body } : { status: 204, text: '' }
  assert.deepEqual({ status: answer.status, text: answer.text }, wanted, target.name)
}

/** Three ports that nobody has; they are asked for at once, so that they differ. */
async function freePorts(): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()]
  const ports: number[] = []
  for (const server of servers) {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    ports.push((server.address() as AddressInfo).port)
  }
  for (const server of servers) await once(server.close(), 'close')
  return ports as [number, number, number]
}
