import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeExposition } from '../signals/exposition.ts'
import type { Metric } from '../signals/metric.ts'
import { beginRecording } from './fixture-recorded.ts'
import { Recorder } from './recorder.ts'
import { readRequest } from './request.ts'
import { RequestMetrics } from './request-metrics.ts'

const shop = { id: 'shop', displayName: 'Shop' } as never

function samplesOf(metrics: readonly Metric[], name: string) {
  return metrics.find((metric) => metric.name === name)?.samples ?? []
}

function crossOrigin(recorder: Recorder, origin: string, method = 'GET') {
  const request = readRequest({
    ...{ method, target: '/', scheme: 'https', authority: 'shop.contoso.test' },
    ...{ headers: ['origin', origin], http2: true, bodyAnnounced: false },
    ...{ serverName: undefined, port: 443, peer: '192.0.2.1', connection: {} },
  })
  assert.ok('id' in request)
  const recording = recorder.begin(request, true)
  recording.application = shop
  return recording
}

test('requests are counted by application, kind and class, refusals by code, the rest under no name [D4]', () => {
  const recorder = new Recorder(0)
  const metrics = new RequestMetrics(recorder, () => false)
  const good = beginRecording(recorder, '/a')
  good.application = shop
  good.attempts = 3
  good.forward()
  good.answer(200, 12)
  const bad = beginRecording(recorder, '/b')
  bad.application = shop
  bad.answer(403, 5, { code: 'not-assigned', sentence: 'No.' })
  beginRecording(recorder, '/nowhere').answer(404, 1, { code: 'not-found', sentence: 'No.' })
  const left = beginRecording(recorder, '/c')
  left.application = shop
  left.forward()
  left.breakOff()
  const all = metrics.metrics()
  const application_id = 'shop'
  assert.deepEqual(samplesOf(all, 'sallyport_requests_total'), [
    { labels: { application_id, kind: 'other', status_class: 'none' }, value: 1 },
    { labels: { application_id, kind: 'other', status_class: '2xx' }, value: 1 },
    { labels: { application_id, kind: 'other', status_class: '4xx' }, value: 1 },
    { labels: { application_id: '', kind: 'other', status_class: '4xx' }, value: 1 },
  ])
  assert.deepEqual(samplesOf(all, 'sallyport_refusals_total')[0], {
    labels: { application_id, code: 'not-assigned', kind: 'other' },
    value: 1,
  })
  assert.deepEqual(samplesOf(all, 'sallyport_retries_total')[0], {
    ...{ labels: { application_id }, value: 2 },
  })
  assert.deepEqual(samplesOf(all, 'sallyport_application_info'), [
    { labels: { application_id, application: 'Shop' }, value: 1 },
  ])
  const text = writeExposition(all)
  assert.match(text, /backend_duration_seconds_count\{application_id="shop"\} 1\n/)
  assert.match(text, /request_duration_seconds_count\{application_id="shop"\} 2\n/)
})

test('requests to the edge’s own hosts are counted under their names, and apart while they last [D4]', () => {
  const recorder = new Recorder(0)
  const metrics = new RequestMetrics(recorder, () => false)
  const own = beginRecording(recorder, '/account')
  own.application = { id: 'login', displayName: 'Sallyport sign-in', preAuthentication: false }
  own.atSite = true
  beginRecording(recorder, '/page')
  assert.deepEqual(samplesOf(metrics.metrics(), 'sallyport_requests_in_flight'), [
    { labels: { state: 'request' }, value: 1 },
    { labels: { state: 'webSocket' }, value: 0 },
    { labels: { state: 'own' }, value: 1 },
  ])
  own.answer(200, 0)
  assert.deepEqual(samplesOf(metrics.metrics(), 'sallyport_requests_total'), [
    { labels: { application_id: 'login', kind: 'other', status_class: '2xx' }, value: 1 },
  ])
})

test('cross-origin calls are counted by origin and verdict; strangers take no place of those that are named [D4] [R7]', () => {
  const recorder = new Recorder(0)
  const isNamed = (origin: string) => origin.endsWith('.contoso.test')
  const metrics = new RequestMetrics(recorder, isNamed)
  const noRule = {
    kind: 'actual',
    allowed: false,
    because: { code: 'origin-not-allowed' },
  } as never
  for (let i = 0; i < 1_000; i++) {
    const stranger = crossOrigin(recorder, `https://${i}.evil.example`, i % 2 ? 'GET' : `M${i}`)
    stranger.cors = noRule
    stranger.answer(403, 0)
  }
  const page = crossOrigin(recorder, 'https://web.contoso.test')
  page.cors = noRule
  page.answer(403, 0)
  const own = crossOrigin(recorder, 'https://shop.contoso.test')
  own.cors = { kind: 'none', varyOrigin: false }
  own.answer(200, 0)
  const samples = samplesOf(metrics.metrics(), 'sallyport_cors_requests_total')
  assert.ok(samples.length <= 2 * 51 + 1, `${samples.length} series`)
  assert.deepEqual(samples.at(-1), {
    labels: {
      ...{ application_id: 'shop', origin: 'https://web.contoso.test', method: 'GET' },
      ...{ preflight: 'false', verdict: 'refused' },
    },
    value: 1,
  })
  const sum = samples.reduce((total, sample) => total + ('value' in sample ? sample.value : 0), 0)
  assert.equal(sum, 1_001)
})
