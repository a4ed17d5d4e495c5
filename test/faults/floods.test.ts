import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { HttpClient } from '../http-client.ts'
import { groupMembers } from '../process.ts'
import type { Held, Order, Repeated, Report } from './flooder.ts'
import { type ServedEdge, startServedEdge } from './served-edge.ts'
import { isSoak } from './sizes.ts'

// §4 of the attack classes: as many connections as Envoy's guide allows a listener, or so few that it takes no time.
const connections = isSoak ? 10_000 : 80
const http2Connections = isSoak ? 100 : 4
const repeatMs = isSoak ? 20_000 : 400
// Shorter ones, so that every day can wait for them; the shipped ones in the soak.
const limits = isSoak
  ? {}
  : {
      listener: { handshakeMs: 3_000 },
      http1: { headSeconds: 1, bodyIdleTimeoutMs: 1_000 },
    }
// It is over when they are; a small machine that is busy with other tests takes its time.
const endedWithinMs = { head: isSoak ? 13_000 : 20_000, body: isSoak ? 34_000 : 20_000 }
// On a machine that is busy with the flood itself.
const honestMaxMs = isSoak ? 3_000 : 5_000
const memoryMaxMiB = isSoak ? 1_500 : 400
const mebibyte = 1024 * 1024

const cleanUp = new AsyncDisposableStack()
let served: ServedEdge
let flooder: ChildProcess
before(async () => {
  const file = join(import.meta.dirname, '../../node_modules/.cache/flood-limits.json')
  await writeFile(file, JSON.stringify(limits))
  served = await startServedEdge(cleanUp, { more: ['--limits', file] })
  const { edge, open } = served
  const { hostname, host } = new URL(open)
  const script = fileURLToPath(new URL('./flooder.ts', import.meta.url))
  flooder = fork(script, [String(edge.port), hostname, String(edge.facts['ca']), host])
  cleanUp.defer(() => void flooder.kill())
})
after(() => cleanUp.disposeAsync())

async function tell(order: Order): Promise<Report> {
  flooder.send(order)
  const [report] = await once(flooder, 'message')
  return report as Report
}

/** Resident memory of the edge, now and at its highest since the process began. */
function edgeMemory(): { readonly nowMiB: number; readonly peakMiB: number } {
  const own = (name: string) =>
    groupMembers(served.edge.command.pid)
      .map((member) => readFileSync(`/proc/${member.split(' ')[0]}/status`, 'latin1'))
      .map((status) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0))
      .reduce((sum, kibibytes) => sum + (kibibytes * 1024) / mebibyte, 0)
  return { nowMiB: Math.round(own('VmRSS')), peakMiB: Math.round(own('VmHWM')) }
}

/** What somebody waits who asks as people do, on a connection of their own each time; every request has to be served. */
async function askHonestly(url: string, until: Promise<unknown>): Promise<readonly number[]> {
  const tookMs: number[] = []
  let over = false
  void until.then(() => {
    over = true
  })
  do {
    await using client = new HttpClient({ ca: served.edge.ca, keepAlive: false })
    const startedAt = performance.now()
    const { status, text } = await client.request(url)
    assert.equal(status, 200, text)
    tookMs.push(performance.now() - startedAt)
    await sleep(20)
  } while (!over)
  return tookMs.toSorted((one, other) => one - other)
}

function describe(tookMs: readonly number[]): string {
  const at = (part: number) => tookMs[Math.floor((tookMs.length - 1) * part)]?.toFixed(0)
  return `${tookMs.length} honest requests: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`
}

for (const [kind, awaited] of [
  ['nothing over TLS', 'head'],
  ['no handshake', 'head'],
  ['half a handshake', 'head'],
  ['a slow head', 'head'],
  ['a slow body', 'body'],
] as const satisfies readonly (readonly [Held, keyof typeof endedWithinMs])[]) {
  test(`${connections} connections with ${kind} are ended in time, and the others are served meanwhile [F8] [R8]`, async (t) => {
    t.after(() => tell({ stop: true }))
    const pid = groupMembers(served.edge.command.pid)
    const opening = tell({ hold: kind, count: connections })
    const whileOpening = await askHonestly(served.open, opening)
    t.diagnostic(`while they come: ${describe(whileOpening)}`)
    const { opened } = await opening
    const waiting = tell({ awaitEndMs: endedWithinMs[awaited] })
    const tookMs = await askHonestly(served.open, waiting)
    const { ended } = await waiting
    const { nowMiB, peakMiB } = edgeMemory()
    t.diagnostic(`${opened} opened, ${ended} ended by the edge; ${describe(tookMs)}`)
    t.diagnostic(`memory ${nowMiB} MiB, at most ${peakMiB}`)
    // On a busy machine some handshakes take longer than they may.
    assert.ok(opened > connections * 0.8, `${opened} opened`)
    assert.equal(ended, connections, `${ended} of ${connections} ended, ${opened} opened`)
    assert.ok((tookMs.at(-1) as number) < honestMaxMs)
    assert.ok(peakMiB < memoryMaxMiB, `${peakMiB} MiB`)
    assert.deepEqual(groupMembers(served.edge.command.pid), pid)
  })
}

for (const kind of [
  'rapid resets',
  'CONTINUATION',
  'PING',
  'SETTINGS',
  'empty DATA',
  'windows of nothing',
  'a bomb of references',
] as const satisfies readonly Repeated[]) {
  test(`${http2Connections} HTTP/2 connections at a time with ${kind}: the others are served meanwhile [F8] [R14]`, async (t) => {
    t.after(() => tell({ stop: true }))
    await tell({ repeat: kind, atOnce: http2Connections })
    const tookMs = await askHonestly(served.open, sleep(repeatMs))
    const { opened, ended } = await tell({ stop: true })
    const { nowMiB, peakMiB } = edgeMemory()
    t.diagnostic(`${opened} opened, ${ended} ended by the edge; ${describe(tookMs)}`)
    t.diagnostic(`memory ${nowMiB} MiB, at most ${peakMiB}`)
    assert.ok((tookMs.at(-1) as number) < honestMaxMs)
    assert.ok(peakMiB < memoryMaxMiB, `${peakMiB} MiB`)
  })
}
