// Opens WebSockets and keeps them; told a number by its parent, it sends a message on so many of them at once and says
// how long each echo took, in milliseconds. Forked with <url> <file with the authority> <Cookie field> <count>.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { type ClientOptions, WebSocket } from 'ws'
import { lookupLocalhost } from '../test/http-client.ts'

const [url = '', caFile = '', cookie = '', count = '0'] = process.argv.slice(2)
// Handshakes under way at once: less than what an edge queues.
const openingMax = 64
// Every 97th, so that a burst falls on sockets that were opened at different times.
const stride = 97

const { origin } = new URL(url)
// ws hands what it does not know itself to node:tls.
const options = {
  perMessageDeflate: false,
  headers: { cookie },
  origin,
  secureContext: createSecureContext({ ca: readFileSync(caFile) }),
  lookup: lookupLocalhost,
} as ClientOptions
const sockets: WebSocket[] = []
let burst = 0

async function open(): Promise<void> {
  const socket = new WebSocket(url.replace('https:', 'wss:'), [], options)
  await once(socket, 'open')
  sockets.push(socket)
}

async function openAll(): Promise<void> {
  let left = Number(count)
  const opener = async (): Promise<void> => {
    while (left-- > 0) await open()
  }
  await Promise.all(Array.from({ length: openingMax }, opener))
}

async function echo(socket: WebSocket): Promise<number> {
  const startedAt = performance.now()
  const message = `burst ${burst}`
  socket.send(message)
  const [data] = await once(socket, 'message')
  if (String(data) !== message) throw new Error(`${message} was answered by ${data}`)
  return performance.now() - startedAt
}

async function echoOn(some: number): Promise<readonly number[]> {
  burst++
  const chosen = Array.from({ length: some }, (_, i) => {
    return sockets[(burst + i * stride) % sockets.length] as WebSocket
  })
  return Promise.all(chosen.map(echo))
}

await openAll()
process.send?.('open')
process.on('message', async (some: number) => process.send?.(await echoOn(some)))
