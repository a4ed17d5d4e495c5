import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beginRecording, record } from './fixture-recorded.ts'
import { Recorder } from './recorder.ts'
import { pathMaxLength } from './request-facts.ts'
import { recordOf, summaryOf } from './request-summary.ts'

test('the latest requests are remembered, each once, the latest first [G5]', () => {
  const recorder = new Recorder(3)
  for (const path of ['/1', '/2', '/3', '/4'])
    record(recorder, path, { status: 500, code: 'internal' })
  assert.deepEqual(
    recorder.facts().map(({ path }) => path),
    ['/4', '/3', '/2'],
  )
})

test('a refused request outlives good ones, and those that led nowhere [D2]', () => {
  const recorder = new Recorder(5)
  const id = record(recorder, '/refused', { status: 403, code: 'not-assigned' })
  const failed = record(recorder, '/failed', { status: 502 })
  for (let request = 0; request < 100; request++) {
    record(recorder, '/good')
    record(recorder, '/scan', { status: 404, code: 'unknown-path', astray: true })
  }
  assert.equal(recorder.find(id)?.code, 'not-assigned')
  assert.equal(recorder.find(failed)?.status, 502)
})

test('a request that is not over is listed with what is known so far, and once when it is over [G5]', () => {
  const recorder = new Recorder(5)
  const recording = beginRecording(recorder, '/stream')
  const open = recorder.facts().map(summaryOf)
  assert.deepEqual(
    open.map(({ isOpen, status }) => [isOpen, status]),
    [[true, null]],
  )
  recording.beginAnswer(200, true)
  recording.breakOff()
  const over = recorder.facts().map(summaryOf)
  assert.deepEqual(
    over.map(({ isOpen, status, code }) => [isOpen, status, code]),
    [[false, 200, 'client-left']],
  )
  assert.deepEqual([...recorder.underWay()], [])
})

test('requests end in any order, and none of those under way is lost', () => {
  const recorder = new Recorder(5)
  const [one, two, three] = ['/1', '/2', '/3'].map((path) => beginRecording(recorder, path))
  two?.end()
  assert.deepEqual([...recorder.underWay()], [three, one])
  three?.end()
  one?.end()
  one?.end()
  assert.deepEqual([...recorder.underWay()], [])
  assert.equal(recorder.facts().length, 3)
})

test('long paths and agents are cut, and of a query nothing is left [D4]', () => {
  const recorder = new Recorder(1)
  const path = `/${'a'.repeat(1_000)}`
  beginRecording(recorder, `${path}?key=value`, 'b'.repeat(1_000)).end()
  const [request] = recorder.facts().map(summaryOf)
  const cut = path.slice(0, pathMaxLength)
  assert.equal(request?.url, `https://shop.contoso.test${cut}…?…`)
  assert.equal(request?.userAgent.length, 200)
})

test('with no place for them requests are still told to whoever counts them', () => {
  const recorder = new Recorder(0)
  const told: string[] = []
  const stop = recorder.onOver(({ request }) => told.push(request.id))
  const id = record(recorder, '/')
  stop()
  record(recorder, '/')
  assert.deepEqual(told, [id])
  assert.deepEqual(recorder.facts(), [])
})

test('steps are timed while somebody watches, else only what was waited for [G5]', () => {
  const recorder = new Recorder(5)
  const timed = () => {
    const recording = beginRecording(recorder, '/')
    recording.enter('resolve')
    recording.enter('cors')
    recording.end()
    const facts = recorder.find(recording.request.id)
    assert.ok(facts)
    return recordOf(facts).steps.filter(({ tookMs }) => tookMs !== undefined).length
  }
  assert.equal(timed(), 0)
  recorder.detailed = true
  assert.equal(timed(), 3)
})
