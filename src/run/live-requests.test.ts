import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RequestRecord } from '../base/request-record.ts'
import { beginRecording, record } from '../edge/fixture-recorded.ts'
import { Recorder } from '../edge/recorder.ts'
import { LiveRequests } from './live-requests.ts'
import { WorkerChannel } from './worker-channel.ts'

interface Worker {
  readonly recorder: Recorder
  readonly requests: LiveRequests
  readonly channel: WorkerChannel
}

/** So many workers that hear each other at once; those in `silent` never answer. */
function startWorkers(count: number, silent: readonly number[] = []): Worker[] {
  const workers: Worker[] = []
  for (let worker = 0; worker < count; worker++) {
    const others = workers.map((_, other) => ({ worker: other, connectorIds: [] }))
    const place = { edgeId: 'edge', worker, workers: count }
    const channel = new WorkerChannel(place, others, (message) => {
      if (message.kind !== 'tell') return
      for (const [number, other] of workers.entries()) {
        const isMeant = number !== worker && (message.to ?? number) === number
        if (isMeant && !silent.includes(number)) {
          other.channel.receive({ kind: 'told', from: worker, told: message.told })
        }
      }
    })
    const recorder = new Recorder(10)
    workers.push({ recorder, channel, requests: new LiveRequests(recorder, channel) })
    for (const other of workers.slice(0, -1)) other.channel.receive({ kind: 'joined', worker })
  }
  return workers
}

const everything = { filter: undefined, top: 100 }

test('a list has the requests of all workers, and an id is found wherever it is [G5]', async () => {
  const [one, two, three] = startWorkers(3) as [Worker, Worker, Worker]
  const ids = [record(one.recorder, '/1'), record(two.recorder, '/2'), record(three.recorder, '/3')]
  const listed = await one.requests.list(everything)
  assert.deepEqual(listed.map(({ id }) => id).toSorted(), ids.toSorted())
  assert.equal((await one.requests.find(ids[2] ?? ''))?.id, ids[2])
  const refused = record(two.recorder, '/4', { status: 403, code: 'not-assigned' })
  const found = await one.requests.list({ filter: "code eq 'not-assigned'", top: 5 })
  assert.deepEqual(
    found.map(({ id }) => id),
    [refused],
  )
})

test('pages follow each other without a gap and without a repetition', async () => {
  const [one, two] = startWorkers(2) as [Worker, Worker]
  for (let i = 0; i < 10; i++) record(i % 2 ? one.recorder : two.recorder, `/${i}`)
  const whole = await one.requests.list(everything)
  const first = await one.requests.list({ filter: undefined, top: 4 })
  const rest = await one.requests.list({ ...everything, before: first.at(-1) })
  assert.deepEqual(
    [...first, ...rest].map(({ id }) => id),
    whole.map(({ id }) => id),
  )
})

test('a worker that does not answer costs its own requests, not the others’ [N3]', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const [one, two] = startWorkers(3, [2]) as [Worker, Worker]
  const id = record(two.recorder, '/')
  const listing = one.requests.list(everything)
  t.mock.timers.tick(1_000)
  assert.deepEqual(
    (await listing).map((each) => each.id),
    [id],
  )
})

function listen(worker: Worker, filter?: string, caller = 'ann') {
  const told: RequestRecord[] = []
  let dropped = 0
  const watch = worker.requests.watch(filter, {
    caller,
    onRequest: (request) => void told.push(request),
    onDropped: (count) => {
      dropped += count
    },
    onClose: () => watch?.stop(),
  })
  return { told, watch, dropped: () => dropped }
}

test('who listens at one worker hears what comes to all, as far as it meets the filter [G5]', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  const [one, two] = startWorkers(2) as [Worker, Worker]
  const reader = listen(one, 'status ge 500')
  const ids = [
    record(one.recorder, '/', { status: 500 }),
    record(two.recorder, '/', { status: 502 }),
  ]
  record(two.recorder, '/')
  t.mock.timers.tick(100)
  assert.deepEqual(
    reader.told.map(({ id }) => id),
    ids,
  )
  assert.equal(two.recorder.detailed, true)
  reader.watch?.stop()
  assert.deepEqual([one.recorder.detailed, two.recorder.detailed], [false, false])
})

test('of more than anybody reads those that failed are told first, and the others counted [R7]', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const [one] = startWorkers(1) as [Worker]
  const reader = listen(one)
  for (let i = 0; i < 1_000; i++) record(one.recorder, '/')
  for (let i = 0; i < 50; i++) record(one.recorder, '/', { status: 502, code: 'backend-reset' })
  assert.equal(reader.told.filter(({ code }) => code === 'backend-reset').length, 50)
  t.mock.timers.tick(1_000)
  assert.equal(reader.told.length + reader.dropped(), 1_050)
  assert.equal(reader.dropped(), 800)
  one.requests.close()
})

test('one that lasts is told while it is open, once, and again at its end [G5]', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const [one] = startWorkers(1) as [Worker]
  const reader = listen(one)
  const recording = beginRecording(one.recorder, '/socket')
  recording.beginAnswer(101, true)
  t.mock.timers.tick(3_000)
  recording.end()
  assert.deepEqual(
    reader.told.map(({ isOpen }) => isOpen),
    [true, false],
  )
  one.requests.close()
})

test('twenty may listen at a time, and one and the same caller five times [R7]', () => {
  const [one] = startWorkers(1) as [Worker]
  const readers = Array.from({ length: 21 }, (_, i) => listen(one, undefined, `caller ${i % 5}`))
  assert.deepEqual(
    readers.map(({ watch }) => watch !== undefined).filter((is) => !is),
    [false],
  )
  one.requests.close()
  assert.ok(listen(one).watch)
  one.requests.close()
})
