// An application of big bodies: GET answers so many bytes, PUT counts (and hashes, if asked) what it gets.
// node bench/bulk-application.ts <port>
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { bulkBlock } from './bulk.ts'

const block = bulkBlock()

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://application')
  if (request.method === 'PUT') take(request, response, url.searchParams.has('hash'))
  else give(response, Number(url.searchParams.get('bytes') ?? 0))
})
server.requestTimeout = 0
server.listen(Number(process.argv[2]), '127.0.0.1')

function give(response: ServerResponse, bytes: number): void {
  let left = bytes
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes })
  const fill = (): void => {
    while (left > 0) {
      const piece = left < block.length ? block.subarray(0, left) : block
      left -= piece.length
      if (!response.write(piece)) return
    }
    response.end()
  }
  response.on('drain', fill)
  fill()
}

function take(request: IncomingMessage, response: ServerResponse, hashed: boolean): void {
  const hash = createHash('sha256')
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (hashed) hash.update(chunk)
  })
  request.on('end', () => {
    const text = hashed ? `${bytes} ${hash.digest('hex')}` : String(bytes)
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': text.length })
    response.end(text)
  })
}
