import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RequestRecord } from '../base/request-record.ts'
import { RequestStream } from './request-stream.ts'

const record = (id: string): RequestRecord => ({
  ...{ id, startedDateTime: '2026-11-22T08:00:00.000Z', durationInMilliseconds: 1, isOpen: false },
  ...{ method: 'GET', url: 'https://shop.contoso.test/', protocol: 'HTTP/2', status: 200 },
  ...{ kind: 'script', ipAddress: '192.0.2.1', userAgent: 'x'.repeat(1_000) },
  ...{ requestBytes: 0, responseBytes: 0, steps: [] },
})

async function readAll(stream: RequestStream): Promise<string> {
  return await new Response(stream.body).text()
}

test('a reader that does not read is told a bounded number, and how many it missed [R7]', async () => {
  const stream = new RequestStream('ann', async () => true)
  for (let i = 0; i < 10_000; i++) stream.onRequest(record(String(i)))
  const reader = stream.body.getReader()
  const texts: string[] = []
  const read = async () => {
    const { value, done } = await reader.read()
    if (value) texts.push(Buffer.from(value).toString())
    return !done
  }
  for (let bytes = 0; bytes < 256 * 1024; bytes += texts.at(-1)?.length ?? 0) await read()
  stream.onRequest(record('after'))
  stream.onClose()
  while (await read());
  const rest = texts.join('')
  const missed = Number(/event: dropped\ndata: \{"count":(\d+)\}/.exec(rest)?.[1])
  assert.ok(missed > 9_000 && missed < 10_000, rest.slice(0, 200))
  assert.match(rest, /"id":"after"/)
})

test('a stream ends within five seconds when its reader may not read any more [S9]', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  let allowed = true
  let ended = false
  const stream = new RequestStream('ann', async () => allowed)
  stream.onEnd(() => {
    ended = true
  })
  t.mock.timers.tick(5_000)
  await Promise.resolve()
  assert.equal(ended, false)
  allowed = false
  t.mock.timers.tick(5_000)
  assert.match(await readAll(stream), /event: end\ndata: \{"reason":"not-allowed"\}/)
  assert.equal(ended, true)
})

test('whoever leaves is not told any more', async () => {
  const stream = new RequestStream('ann', async () => true)
  let ends = 0
  stream.onEnd(() => {
    ends++
  })
  await stream.body.cancel()
  stream.onRequest(record('late'))
  stream.onClose()
  assert.equal(ends, 1)
})
