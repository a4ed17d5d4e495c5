import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { silentLog } from '../src/base/log.ts'
import { type Link, LinkHub } from '../src/tunnel/edge-end.ts'
import { tunnelAlpn } from '../src/tunnel/limits.ts'
import { createTestAuthority } from '../src/tunnel/test-authority.ts'

/** The edge end of the tunnel with nothing around it; it knows one connector, `bench`. */
export interface TunnelEdge extends AsyncDisposable {
  readonly port: number
  readonly caPem: string
  /** The connector's private key, PEM. */
  readonly keyPem: string
  /** The connector's first link, once it has dialled in. */
  link(): Promise<Link>
}

/** Listens on a free port of this machine, over TLS 1.3. */
export async function openTunnelEdge(): Promise<TunnelEdge> {
  const authority = await createTestAuthority()
  const { certPem, keyPem } = await authority.issue(['127.0.0.1'])
  const keys = generateKeyPairSync('ed25519')
  const connected = Promise.withResolvers<void>()
  const hub = new LinkHub({
    publicKeyOf: async () => keys.publicKey.export({ format: 'jwk' }).x,
    enrol: async () => ({ refused: 'unknown-token' }),
    caPem: authority.caPem,
    log: silentLog,
    onConnected: () => connected.resolve(),
  })
  hub.regroup(new Map([['bench', 'default']]))
  const server = createServer({
    cert: certPem,
    key: keyPem,
    ALPNProtocols: [tunnelAlpn],
    minVersion: 'TLSv1.3',
  })
  server.on('secureConnection', (socket) => hub.accept(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    caPem: authority.caPem,
    keyPem: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, // PEM is text
    async link() {
      await connected.promise
      return hub.choose('default') as Link // connected is what was waited for
    },
    async [Symbol.asyncDispose]() {
      await hub.drain(1_000)
      server.close()
      await hub[Symbol.asyncDispose]()
    },
  }
}
