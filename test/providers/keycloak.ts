import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Agent, request } from 'undici'
import { freePorts } from '../free-port.ts'
import { RunningCommand } from '../process.ts'

const version = '26.0.7'
const cache = resolve('node_modules/.cache')
const home = join(cache, `keycloak-${version}`)
const program = join(home, 'bin', 'kc.sh')
// It starts in ten seconds on a machine that has nothing else to do.
const startAttempts = 4
const administrator = { username: 'admin', password: 'of this run only' } as const

/** The commands that Keycloak takes and this machine lacks, as Debian calls their packages. */
export function missingPackages(): readonly string[] {
  const needed = { java: 'default-jre-headless', mvn: 'maven', bash: 'bash' }
  const found = (command: string) => {
    try {
      execFileSync('which', [command], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }
  return Object.entries(needed).flatMap(([command, name]) => (found(command) ? [] : [name]))
}

/** Fetches Keycloak from Maven Central and prepares it for its database, once; 150 MB. */
export function fetchKeycloak(): void {
  const done = join(home, '.built')
  if (existsSync(done)) return
  const artifact = `org.keycloak:keycloak-quarkus-dist:${version}:zip`
  const args = ['dependency:unpack', `-Dartifact=${artifact}`, `-DoutputDirectory=${cache}`]
  const stdio = ['ignore', 2, 2] as const
  execFileSync('mvn', ['-q', '-B', ...args], { stdio: [...stdio] })
  execFileSync('bash', [program, 'build', '--db=dev-mem'], { stdio: [...stdio] })
  writeFileSync(done, '')
}

/** A realm of Keycloak and what its administrator can do. */
export interface Keycloak extends AsyncDisposable {
  readonly issuer: string
  /** A call of its administration API below the realm; rejects unless it answers 2xx. */
  call(method: string, path: string, body?: object): Promise<unknown>
}

export interface KeycloakOptions {
  readonly realm: { readonly realm: string } & object
  /** For `localhost`. */
  readonly identity: { readonly cert: string; readonly key: string }
  /** Trusted by it and by us, PEM. */
  readonly ca: string
  /** Names that are this machine. */
  readonly hosts: readonly string[]
}

/** Starts Keycloak with one realm and a database in memory, and waits until it answers. */
export async function startKeycloak(options: KeycloakOptions): Promise<Keycloak> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-keycloak-'))
  const write = async (name: string, text: string) => {
    const path = join(folder, name)
    await writeFile(path, text)
    return path
  }
  await mkdir(join(home, 'data', 'import'), { recursive: true })
  const { realm } = options.realm
  await writeFile(join(home, 'data', 'import', 'realm.json'), JSON.stringify(options.realm))
  const [port = 0, management = 0] = await freePorts(2)
  const origin = `https://localhost:${port}`
  const hosts = await write('hosts', options.hosts.map((name) => `127.0.0.1 ${name}\n`).join(''))
  const args = [
    ...['start', '--optimized', '--import-realm', '--cache=local'],
    ...[`--https-port=${port}`, '--http-host=127.0.0.1', `--hostname=${origin}`],
    ...[`--http-management-port=${management}`, '--http-enabled=false'],
    `--https-certificate-file=${await write('cert.pem', options.identity.cert)}`,
    `--https-certificate-key-file=${await write('key.pem', options.identity.key)}`,
    `--truststore-paths=${await write('ca.pem', options.ca)}`,
  ]
  const command = new RunningCommand('bash', [program, ...args], {
    env: {
      JAVA_OPTS_APPEND: `-Djdk.net.hosts.file=${hosts} -Xmx512m`,
      KC_BOOTSTRAP_ADMIN_USERNAME: administrator.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: administrator.password,
    },
  })
  const dispatcher = new Agent({ connect: { ca: options.ca } })
  const dispose = async () => {
    await dispatcher.destroy()
    await command.stop().finally(() => rm(folder, { recursive: true, force: true }))
  }
  try {
    await untilListening(command)
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    issuer: `${origin}/realms/${realm}`,
    async call(method, path, body) {
      const url = `${origin}/admin/realms/${realm}${path}`
      const authorization = `Bearer ${await adminToken(origin, dispatcher)}`
      const answer = await request(url, {
        ...{ method, dispatcher, headers: { authorization, 'content-type': 'application/json' } },
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await answer.body.text()
      if (answer.statusCode >= 300)
        throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`)
      return text === '' ? undefined : JSON.parse(text)
    },
    [Symbol.asyncDispose]: dispose,
  }
}

async function untilListening(command: RunningCommand): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await command.line((line) => line.includes('Listening on:'))
      return
    } catch (error) {
      if (attempt >= startAttempts) throw error
    }
  }
}

async function adminToken(origin: string, dispatcher: Agent): Promise<string> {
  const form = { grant_type: 'password', client_id: 'admin-cli', ...administrator }
  const answer = await request(`${origin}/realms/master/protocol/openid-connect/token`, {
    ...{ method: 'POST', dispatcher, body: new URLSearchParams(form).toString() },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  const { access_token: token } = (await answer.body.json()) as { access_token: string }
  return token
}
