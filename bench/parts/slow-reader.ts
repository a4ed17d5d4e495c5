import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { openRawSocket } from '../../test/raw-socket.ts'
import { gibibyte, startBulkApplication } from '../bulk.ts'
import { loadByWrk } from '../load/wrk.ts'
import { growthMib } from '../memory.ts'
import { type Outcome, rounded } from '../outcome.ts'
import type { Published, RunningSallyport } from '../sallyport.ts'
import type { Stage } from '../stage.ts'
import { ownAnswerer, smallGet } from './small-requests.ts'

// As long as it takes for every buffer on the way to fill, many times over.
const stallMs = 5_000
const pressure = { connections: 100, rate: 500, seconds: 5 } as const
const warmUp = { connections: 64, seconds: 3 } as const

/** Somebody asks for 1 GiB and does not read it: nobody else waits, and nothing piles up. */
export async function measureSlowReader(stage: Stage): Promise<Outcome> {
  const application = await startBulkApplication(stage)
  const sallyport = await stage.sallyport
  const published = await sallyport.publish('slow', `http://127.0.0.1:${application}/`)
  const small = smallGet(await ownAnswerer(stage))
  await loadByWrk(small, warmUp)
  // What passing on a big body takes once is there by then.
  await stall(sallyport, published)
  const alone = await loadByWrk(small, pressure)
  const { mib } = await growthMib(sallyport, () => stall(sallyport, published))
  const reader = await askAndStall(sallyport, published)
  const beside = await loadByWrk(small, pressure)
  reader.destroy()
  const [before = 0, during = 0] = [alone.p99Ms, beside.p99Ms]
  return {
    ratios: {},
    figures: {
      'slow-reader-memory-growth-mib': rounded(mib),
      'slow-reader-others-p99-ms': rounded(during),
      'slow-reader-others-p99-before-ms': rounded(before),
    },
    table: [
      ['one reader of 1 GiB that does not read', '', ''],
      ['memory growth of edge and connector together', `${mib.toFixed(1)} MiB`, ''],
      ['p99 of 500 other requests a second', `${during.toFixed(1)} ms`, ''],
      ['the same without it', `${before.toFixed(1)} ms`, ''],
    ],
  }
}

async function stall(sallyport: RunningSallyport, published: Published): Promise<void> {
  const reader = await askAndStall(sallyport, published)
  await delay(stallMs)
  reader.destroy()
}

async function askAndStall({ ca, port }: RunningSallyport, published: Published): Promise<Socket> {
  const { host, hostname } = new URL(published.url)
  const socket = await openRawSocket({ port, tls: { servername: hostname, ca } })
  socket.write(
    `GET /?bytes=${gibibyte} HTTP/1.1\r\nHost: ${host}\r\nCookie: ${published.cookie}\r\n\r\n`,
  )
  await once(socket, 'readable')
  return socket
}
