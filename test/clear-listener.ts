import { createServer } from 'node:net'

/** A server that speaks no TLS, whatever it is greeted with. */
export async function listenInClear(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer((socket) =>
    socket.on('error', () => {}).end('HTTP/1.1 400 no\r\n\r\n'),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}
