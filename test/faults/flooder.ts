// Floods an edge from a process of its own, so that whoever asks honestly meanwhile is not slow by himself. Forked with
// <port> <server name> <file with the authority> <Host>; told what to do by messages, and answers each.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectTcp, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls, createSecureContext } from 'node:tls'
import {
  frame,
  integer,
  literals,
  numberFrame,
  settingsFrame,
} from '../../src/http2/fixture-client.ts'
import { frameFlags, frameTypes, preface } from '../../src/http2/frame.ts'

/** Connections that are opened, brought to some point, and kept there with a byte a second, or nothing. */
export type Held = keyof typeof held
/** HTTP/2 connections that send all of this, and come again as soon as they are thrown out. */
export type Repeated = keyof typeof repeated

export type Order =
  | { readonly hold: Held; readonly count: number }
  | { readonly repeat: Repeated; readonly atOnce: number }
  /** Answered when the edge has ended all of them, or when they have had so long. */
  | { readonly awaitEndMs: number }
  | { readonly stop: true }

/** What an order came to: connections that were open at once, or one after the other; how many the edge had ended. */
export interface Report {
  readonly opened: number
  readonly ended: number
}

const [port = '', servername = '', caFile = '', host = ''] = process.argv.slice(2)
const secureContext = createSecureContext({ ca: readFileSync(caFile) })
// Handshakes under way at once: less than what an edge queues.
const openingMax = 128
const dripMs = 1_000

const held = {
  'nothing over TLS': { tls: true, first: '', drip: '' },
  'no handshake': { tls: false, first: '', drip: '' },
  'half a handshake': { tls: false, first: '\x16\x03\x01\x02\x00', drip: '\x01' },
  'a slow head': { tls: true, first: `GET / HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `, drip: 'x' },
  'a slow body': {
    tls: true,
    first: `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000000\r\n\r\n`,
    drip: 'x',
  },
} as const

const request = literals([
  [':method', 'GET'],
  [':scheme', 'https'],
  [':authority', host],
  [':path', '/'],
])
const { headers, data, continuation, reset, ping, windowUpdate } = frameTypes
const { endHeaders, endStream } = frameFlags
const [maxStreams, initialWindow] = [3, 4]

const repeated = {
  'rapid resets': () =>
    times(2_000, (n) => [
      frame(headers, endHeaders | endStream, 2 * n + 1, request),
      numberFrame(reset, 2 * n + 1, 8),
    ]),
  CONTINUATION: () => [
    frame(headers, 0, 1, request),
    ...times(100, () => [frame(continuation, 0, 1, literals([['x-a', 'b'.repeat(8_000)]]))]),
  ],
  PING: () => times(20_000, () => [frame(ping, 0, 0, Buffer.alloc(8))]),
  SETTINGS: () => times(20_000, (n) => [settingsFrame([maxStreams, n])]),
  'empty DATA': () => [
    frame(headers, endHeaders, 1, request),
    ...times(20_000, () => [frame(data, 0, 1)]),
  ],
  'windows of nothing': () => [
    settingsFrame([initialWindow, 0]),
    ...times(100, (n) => [frame(headers, endHeaders | endStream, 2 * n + 1, request)]),
    ...times(15_000, (n) => [numberFrame(windowUpdate, 2 * (n % 100) + 1, 1)]),
  ],
  'a bomb of references': () => {
    const large = Buffer.concat([Buffer.of(0x40), literals([['x', 'y'.repeat(3_900)]]).subarray(1)])
    const again = Buffer.alloc(15_000, integer(62, 7, 0x80))
    return times(50, (n) => [
      frame(headers, endHeaders | endStream, 2 * n + 1, Buffer.concat([large, again])),
    ])
  },
} satisfies Record<string, () => readonly Buffer[]>

function times(count: number, make: (index: number) => readonly Buffer[]): readonly Buffer[] {
  return Array.from({ length: count }, (_, index) => make(index)).flat()
}

const sockets = new Set<Socket>()
/** Of the present order; what an earlier one left behind counts for that one. */
let report = { opened: 0, ended: 0 }
let stopping = false
// A port of a connection that has ended is taken for a minute: each order comes from an address of its own.
let orders = 0

async function open(tls: boolean, protocol: string): Promise<Socket> {
  const place = { port: Number(port), host: '127.0.0.1', localAddress: `127.0.1.${orders}` }
  const socket = tls
    ? connectTls({ ...place, servername, secureContext, ALPNProtocols: [protocol] })
    : connectTcp(place)
  socket.on('error', () => {})
  sockets.add(socket)
  const own = report
  socket.once('close', () => {
    if (!stopping) own.ended++
    sockets.delete(socket)
  })
  socket.resume()
  await once(socket, tls ? 'secureConnect' : 'connect', { signal: AbortSignal.timeout(60_000) })
  own.opened++
  return socket
}

// events.once() settles on 'error' already, which comes a moment before 'close' is counted.
function isClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve())
  })
}

async function hold(kind: Held, count: number): Promise<void> {
  const { tls, first, drip } = held[kind]
  let left = count
  await Promise.all(
    Array.from({ length: openingMax }, async () => {
      while (left-- > 0) {
        const socket = await open(tls, 'http/1.1').catch(() => undefined)
        if (!socket || first === '') continue
        socket.write(first, 'latin1')
        const timer = setInterval(() => socket.write(drip, 'latin1'), dripMs)
        socket.once('close', () => clearInterval(timer))
      }
    }),
  )
}

async function repeat(kind: Repeated): Promise<void> {
  const bytes = Buffer.concat([preface, settingsFrame(), ...repeated[kind]()])
  while (!stopping) {
    const socket = await open(true, 'h2').catch(() => undefined)
    if (!socket) continue
    socket.write(bytes)
    await once(socket, 'close')
  }
}

process.on('message', async (order: Order) => {
  if ('stop' in order) {
    stopping = true
    for (const socket of sockets) socket.destroy()
  } else if ('awaitEndMs' in order) {
    const late = sleep(order.awaitEndMs, undefined, { ref: false })
    await Promise.race([late, Promise.all([...sockets].map(isClosed))])
  } else {
    stopping = false
    orders++
    report = { opened: 0, ended: 0 }
    if ('hold' in order) await hold(order.hold, order.count)
    else for (let n = 0; n < order.atOnce; n++) void repeat(order.repeat)
  }
  process.send?.(report satisfies Report)
})
