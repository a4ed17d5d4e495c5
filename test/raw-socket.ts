import { once } from 'node:events'
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

// Longer than any local answer takes on a busy machine, short enough that a hung exchange fails its test with a clear reason.
const exchangeTimeoutMs = 30_000

export interface RawTarget {
  readonly port: number
  /** The address to dial; 127.0.0.1 when absent. */
  readonly host?: string
  /** Speak TLS: the name to ask for, the authority to trust, the protocols to offer (`http/1.1` when absent). */
  readonly tls?: {
    readonly servername: string
    readonly ca: string
    readonly protocols?: readonly string[]
  }
}

/** Opens a connection for bytes of one's own. Rejects with the socket's error. */
export async function openRawSocket(target: RawTarget): Promise<Socket> {
  const { port, host = '127.0.0.1', tls } = target
  if (!tls) {
    const plain = connectPlain({ port, host })
    await once(plain, 'connect')
    return plain
  }
  const secure = connectTls({
    port,
    host,
    servername: tls.servername,
    ca: tls.ca,
    ALPNProtocols: [...(tls.protocols ?? ['http/1.1'])],
  })
  await once(secure, 'secureConnect')
  return secure
}

/**
 * Sends bytes (one character a byte) and gives back everything that comes, until `enough` says so or the other side
 * ends the connection. A reset counts as an end: hostile bytes earn one. Rejects when neither happens in time.
 */
export async function rawExchange(
  target: RawTarget,
  bytes: string | Uint8Array,
  enough: (received: string) => boolean = () => false,
): Promise<string> {
  const socket = await openRawSocket(target)
  socket.setEncoding('latin1')
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  try {
    return await collect(socket, enough)
  } finally {
    socket.destroy()
  }
}

function collect(socket: Socket, enough: (received: string) => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const timer = setTimeout(() => {
      reject(new Error(`no end after ${exchangeTimeoutMs} ms; so far: ${JSON.stringify(received)}`))
    }, exchangeTimeoutMs)
    const finish = (): void => {
      clearTimeout(timer)
      resolve(received)
    }
    socket.on('data', (chunk: string) => {
      received += chunk
      if (enough(received)) finish()
    })
    socket.once('end', finish)
    socket.once('close', finish)
    socket.once('error', finish)
  })
}

/** What comes on a connection that stays open, until `enough`. Rejects when the other side ends it before. */
export async function receive(
  socket: Socket,
  enough: (received: string) => boolean,
): Promise<string> {
  const ended = new AbortController()
  const end = (): void => ended.abort(new Error(`the connection ended after: ${received}`))
  let received = ''
  socket.once('close', end)
  while (!enough(received)) {
    const [chunk] = await once(socket, 'data', { signal: ended.signal })
    received += String(chunk)
  }
  socket.off('close', end)
  return received
}
