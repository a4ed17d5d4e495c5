import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { failed } from '../base/check.ts'
import { edgeLimits, parseLimits } from './limits.ts'

test('nothing said leaves every limit at its strict value', () => {
  assert.deepEqual(parseLimits('{}'), { value: edgeLimits })
})

test('what is said counts, everything else stays', () => {
  const parsed = parseLimits('{"http1":{"headSeconds":5},"tunnel":{"streamsPerLink":100}}')
  assert.ok(!failed(parsed))
  assert.deepEqual(parsed.value, {
    ...edgeLimits,
    http1: { ...edgeLimits.http1, headSeconds: 5 },
    tunnel: { ...edgeLimits.tunnel, streamsPerLink: 100 },
  })
})

const wrong = [
  ['{', [' json']],
  ['[]', [' object']],
  ['{"http3":{}}', ['http3 unknown']],
  ['{"http1":5}', ['http1 object']],
  ['{"http1":{"constructor":5}}', ['http1/constructor unknown']],
  [
    '{"http1":{"headSeconds":0,"keepAliveSeconds":"75"},"http2":{"streams":1}}',
    ['http1/headSeconds number', 'http1/keepAliveSeconds number', 'http2/streams unknown'],
  ],
  ['{"http1":{"headSeconds":3000000000}}', ['http1/headSeconds number']],
  ['{"message":{"headBytes":1000000}}', ['message/headBytes range']],
  ['{"tunnel":{"silenceMs":1000}}', ['tunnel/silenceMs order']],
  ['{"tunnel":{"initialCreditBytes":9000000}}', ['tunnel/initialCreditBytes order']],
] as const
for (const [text, expected] of wrong) {
  test(`limits ${text} are refused: ${expected.join(', ')}`, () => {
    const parsed = parseLimits(text)
    assert.ok(failed(parsed))
    assert.deepEqual(
      parsed.issues.map(({ path, code }) => `${path} ${code}`),
      expected,
    )
  })
}

test('docs/limits.md names every limit with its value', () => {
  const page = readFileSync('docs/limits.md', 'utf8')
  for (const [group, limits] of Object.entries(edgeLimits)) {
    for (const [name, value] of Object.entries(limits)) {
      assert.ok(page.includes(`| \`${group}.${name}\` | ${value} |`), `${group}.${name} ${value}`)
    }
  }
})
