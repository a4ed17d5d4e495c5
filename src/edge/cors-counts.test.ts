import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CorsCounts } from './cors-counts.ts'

const verdicts = ['silent', 'allowed', 'refused'] as const
const dayMs = 24 * 60 * 60 * 1_000
// 50 for strangers and one for the others, of each verdict, method and kind.
const strangerSeriesMax = 51 * 8 * 2 * verdicts.length

const named = fc.integer({ min: 0, max: 400 }).map((i) => `https://page${i}.contoso.test`)
const stranger = fc
  .oneof(fc.webUrl(), fc.string({ maxLength: 400 }), fc.constant('null'))
  .filter((origin) => !isNamed(origin))
const call = fc.record({
  origin: fc.oneof({ arbitrary: stranger, weight: 9 }, named),
  method: fc.oneof(fc.constantFrom('GET', 'POST', 'OPTIONS'), fc.string({ maxLength: 9 })),
  isPreflight: fc.boolean(),
  verdict: fc.constantFrom(...verdicts),
})

function isNamed(origin: string): boolean {
  return origin.endsWith('.contoso.test')
}

test('whatever strangers send, named origins are told apart, nothing is lost, and series are few [D4] [R7]', () => {
  const rule = fc.property(fc.array(call, { minLength: 200, maxLength: 500 }), (calls) => {
    const counts = new CorsCounts(isNamed)
    for (const [atMs, each] of calls.entries()) counts.count({ ...each, atMs })
    const samples = counts.samples()
    const sum = samples.reduce((total, { value }) => total + value, 0)
    assert.equal(sum, calls.length)
    const told = new Set(samples.map(({ labels }) => `${labels['verdict']} ${labels['origin']}`))
    for (const { origin, verdict } of calls) {
      if (isNamed(origin)) assert.ok(told.has(`${verdict} ${origin}`), origin)
    }
    const strangers = samples.filter(({ labels }) => !isNamed(labels['origin'] ?? ''))
    assert.ok(strangers.length <= strangerSeriesMax, `${strangers.length} series`)
    for (const verdict of verdicts) {
      const own = strangers.filter(({ labels }) => labels['verdict'] === verdict)
      assert.ok(new Set(own.map(({ labels }) => labels['origin'])).size <= 51)
    }
  })
  fc.assert(rule, { numRuns: 10 })
})

test('strangers who filled the places make room for the next only after a day without a word [D4] [R7]', () => {
  const counts = new CorsCounts(isNamed)
  const send = (origin: string, atMs: number) =>
    counts.count({ origin, method: 'GET', isPreflight: false, verdict: 'refused', atMs })
  const origins = () => counts.samples().map(({ labels }) => labels['origin'])
  for (let i = 0; i < 50; i++) send(`https://${i}.evil.example`, 0)
  send('https://partner.example', dayMs - 1)
  assert.equal(origins().includes('https://partner.example'), false)
  for (let i = 1; i < 50; i++) send(`https://${i}.evil.example`, dayMs - 1)
  send('https://partner.example', dayMs)
  send('https://second.example', dayMs)
  assert.ok(origins().includes('https://partner.example'))
  assert.deepEqual(
    ['https://0.evil.example', 'https://second.example'].filter((each) => origins().includes(each)),
    [],
  )
  assert.equal(origins().length, 51)
})

test('at most 500 named origins are told apart at one application; those behind share places with strangers [D4] [R7]', () => {
  const counts = new CorsCounts(isNamed)
  for (let i = 0; i < 10_000; i++) {
    const origin = `https://page${i}.contoso.test`
    counts.count({ origin, method: 'GET', isPreflight: false, verdict: 'refused', atMs: i })
  }
  assert.equal(counts.samples().length, 551)
})
