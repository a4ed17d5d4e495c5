import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { TestAuthority } from '../src/certificates/fixture-authority.ts'
import { freePorts } from './free-port.ts'
import { RunningCommand } from './process.ts'

/** Where Pebble looks for proofs; every name resolves to this machine. */
export interface PebbleWish {
  /** The port that tls-alpn-01 is asked on. */
  readonly tlsPort: number
  /** The port that http-01 is asked on. */
  readonly httpPort?: number
  /** Accounts must be bound to one of these (key id → HMAC key, base64url). */
  readonly externalAccounts?: Readonly<Record<string, string>>
}

/** Let's Encrypt's ACME server for tests, from Debian, with a name server of its own. */
export interface Pebble extends AsyncDisposable {
  readonly directoryUrl: string
  /** The authority behind its own HTTPS, PEM. */
  readonly caPem: string
  readonly caFile: string
  /** The root of what it issues, PEM. */
  root(): Promise<string>
}

/** Starts it; needs the commands `pebble` and `pebble-challtestsrv`. */
export async function startPebble(wish: PebbleWish): Promise<Pebble> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-pebble-'))
  const authority = await TestAuthority.create('Pebble')
  const { certificate, key } = await authority.issue(['localhost'])
  const write = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const [listen, management, dns, dnsManagement] = await freePorts(4)
  const config = {
    listenAddress: `127.0.0.1:${listen}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: write('cert.pem', certificate),
    privateKey: write('key.pem', key),
    httpPort: wish.httpPort ?? 1,
    tlsPort: wish.tlsPort,
    ocspResponderURL: '',
    externalAccountBindingRequired: wish.externalAccounts !== undefined,
    externalAccountMACKeys: wish.externalAccounts ?? {},
  }
  const names = new RunningCommand('pebble-challtestsrv', [
    ...['-dns01', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${dnsManagement}`],
    ...['-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv6', ''],
  ])
  const server = new RunningCommand(
    'pebble',
    [
      ...['-config', write('pebble.json', JSON.stringify({ pebble: config }))],
      ...['-dnsserver', `127.0.0.1:${dns}`],
    ],
    { env: { PEBBLE_VA_NOSLEEP: '1' } },
  )
  const stop = async () => {
    await Promise.all([server.stop(), names.stop()])
    rmSync(folder, { recursive: true })
  }
  try {
    await server.said('ACME directory available')
    await names.said('Starting management server')
  } catch (error) {
    await stop()
    throw error
  }
  const caPem = authority.pem
  return {
    directoryUrl: `https://localhost:${listen}/dir`,
    caPem,
    caFile: write('ca.pem', caPem),
    root: () => readText(`https://localhost:${management}/roots/0`, caPem),
    [Symbol.asyncDispose]: stop,
  }
}

async function readText(url: string, ca: string): Promise<string> {
  const dispatcher = new Agent({ connect: { ca } })
  try {
    const { body } = await request(url, { dispatcher })
    return await body.text()
  } finally {
    await dispatcher.destroy()
  }
}
