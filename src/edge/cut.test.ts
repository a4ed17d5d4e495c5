import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { temporaryFolder } from '../../test/folder.ts'
import { cut } from './cut.ts'
import { LocalCa } from './local-ca.ts'

const goodbye = 'as far as it came'

/** What a client hears of a connection that is cut behind a few bytes. */
async function hear(socket: Socket): Promise<readonly [string, string | undefined]> {
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk
  })
  const ended = new AbortController()
  socket.on('end', () => ended.abort())
  const [error] = await once(socket, 'error', { signal: ended.signal }).catch(() => [undefined])
  return [text, error?.code]
}

function cutBehind(socket: Socket): void {
  socket.on('error', () => {})
  socket.write(goodbye, () => setImmediate(cut, socket))
}

test('a connection that is cut ends with a reset [F1]', async () => {
  const server = createServer(cutBehind)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  assert.equal((await hear(connect(port, '127.0.0.1')))[1], 'ECONNRESET')
  server.close()
})

test('so does one under TLS, where an end could be taken for that of the answer [F1]', async () => {
  await using folder = await temporaryFolder()
  const ca = await LocalCa.open(folder.path)
  const tls = createTlsServer(await ca.issue(['127.0.0.1']), cutBehind)
  // As the listener does it: the socket below is accepted first.
  const server = createServer((socket) => void tls.emit('connection', socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const client = connectTls({ port, host: '127.0.0.1', ca: ca.pem })
  assert.equal((await hear(client))[1], 'ECONNRESET')
  server.close()
})

test('cutting what is gone does nothing', async () => {
  const server = createServer((socket) => {
    socket.destroy()
    cut(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  await once(
    connect(port, '127.0.0.1')
      .resume()
      .on('error', () => {}),
    'close',
  )
  server.close()
})
