import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import type { TestAuthority } from './test-authority.ts'

/** Something that stands between connector and edge. */
export interface Box extends AsyncDisposable {
  readonly port: number
}

/** An HTTP proxy that knows CONNECT; `answer` may refuse a request, whose head it gets, with a head of its own. */
export interface TestProxy extends Box {
  /** The heads of all requests. */
  readonly seen: string[]
}

export async function startProxy(
  answer: (head: string) => string | undefined = () => undefined,
  identity?: { readonly certPem: string; readonly keyPem: string },
): Promise<TestProxy> {
  const seen: string[] = []
  const serve = (client: Duplex): void => {
    client.on('error', ignore)
    client.once('data', (chunk: Buffer) => {
      const head = chunk.toString('latin1')
      seen.push(head)
      const refusal = answer(head)
      if (refusal !== undefined) {
        client.end(refusal)
        return
      }
      const [, host, port] = /^CONNECT (.*):([0-9]+) HTTP\/1\.1\r\n/.exec(head) ?? []
      const server = connect(Number(port), host)
      client.write('HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n')
      join(client, server)
    })
  }
  const server = identity
    ? createTlsServer({ cert: identity.certPem, key: identity.keyPem }, serve)
    : createServer(serve)
  return { seen, ...(await listen(server)) }
}

/** Passes connections on, but cuts those whose first bytes name the tunnel's protocol, as boxes that filter ALPN do. */
export async function startAlpnFilter(address: string): Promise<Box> {
  const server = createServer((client) => {
    client.on('error', ignore)
    client.once('data', (hello: Buffer) => {
      if (hello.includes('sallyport-tunnel')) {
        client.resetAndDestroy()
        return
      }
      const onward = connectTo(address)
      onward.write(hello)
      join(client, onward)
    })
  })
  return listen(server)
}

/** Ends TLS with a certificate of an authority of its own and reads along: HTTP/1.1 is all that it lets pass. */
export async function startInterceptor(address: string, authority: TestAuthority): Promise<Box> {
  const { certPem: cert, keyPem: key } = await authority.issue(['127.0.0.1'])
  const server = createTlsServer({ cert, key }, (client) => {
    const [host, port] = address.split(':')
    const onward = { host, port: Number(port), ALPNProtocols: ['http/1.1'] }
    join(client, connectTls({ ...onward, rejectUnauthorized: false }))
  })
  server.on('tlsClientError', ignore)
  return listen(server)
}

/** Takes connections and never says a word; `heard` resolves when the first of them has said something. */
export async function startSilence(): Promise<Box & { readonly heard: Promise<void> }> {
  const { promise: heard, resolve } = Promise.withResolvers<void>()
  const server = createServer((client) => client.on('error', ignore).on('data', () => resolve()))
  return { heard, ...(await listen(server)) }
}

/** A relay whose connections can be made silent, as when a firewall forgets them: nothing passes, nobody is told. */
export async function startRelay(address: string): Promise<Box & { silence(): void }> {
  const pairs = new Set<readonly [Socket, Socket]>()
  const server = createServer((client) => {
    const onward = connectTo(address)
    pairs.add([client, onward])
    join(client, onward)
  })
  const box = await listen(server)
  return {
    ...box,
    silence() {
      for (const [one, other] of pairs) {
        one.unpipe(other).removeAllListeners('close').resume()
        other.unpipe(one).removeAllListeners('close').resume()
      }
      pairs.clear()
    },
  }
}

function connectTo(address: string): Socket {
  const [host = '', port] = address.split(':')
  return connect(Number(port), host)
}

function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', ignore)
    from.once('close', () => to.destroy())
    from.pipe(to)
  }
}

async function listen(server: Server): Promise<Box> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function ignore(): void {}
