import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseJson, readJson } from './json.ts'
import { Refusal } from './refusal.ts'

function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>): Request {
  return new Request('https://api.test/beta/users', { method: 'POST', body, headers })
}

const good = [
  'application/json',
  'APPLICATION/JSON; charset=UTF-8',
  'application/json;odata.metadata=minimal;charset=utf-8',
  'application/json; charset="utf-8"',
]
for (const type of good) {
  test(`readJson() takes ${type}`, async () => {
    assert.deepEqual(await readJson(post('\ufeff{"a":1}', { 'content-type': type })), { a: 1 })
  })
}

const json = { 'content-type': 'application/json' }

function brokenOff(): Request {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('{"a'))
      controller.error(new Error('aborted'))
    },
  })
  const init = { method: 'POST', body, headers: json, duplex: 'half' } as const
  return new Request('https://api.test/beta/users', init)
}

const refused = [
  ['another type', post('{}', { 'content-type': 'text/plain' }), 415],
  ['a tab in the type', post('{}', { 'content-type': 'application/json\ta' }), 415],
  ['a longer type', post('{}', { 'content-type': 'application/jsonx' }), 415],
  ['another charset', post('{}', { 'content-type': 'application/json;charset=utf-16' }), 415],
  ['no type', new Request('https://api.test/', { method: 'POST', body: new Uint8Array(2) }), 415],
  ['a content coding', post('{}', { ...json, 'content-encoding': 'gzip' }), 415],
  ['more than a mebibyte', post(`"${'x'.repeat(1024 * 1024)}"`, json), 413],
  ['a length that says so', post('{}', { ...json, 'content-length': '9999999' }), 413],
  ['no body', new Request('https://api.test/', { method: 'POST', headers: json }), 400],
  ['a body that breaks off', brokenOff(), 400],
  ['no JSON', post('{a:1}', json), 400],
  ['bytes that are no UTF-8', post(new Uint8Array([0x22, 0xff, 0x22]), json), 400],
] as const
for (const [what, request, status] of refused) {
  test(`readJson() answers ${status} to ${what}`, async () => {
    await assert.rejects(readJson(request), (thrown) => {
      assert.ok(thrown instanceof Refusal)
      assert.equal(thrown.status, status)
      return true
    })
  })
}

const dangerous = [
  ['a duplicate name', '{"a":1,"b":{"a":1},"a":2}', 'duplicate-name'],
  ['a duplicate name in disguise', '{"a":1,"\\u0061":2}', 'duplicate-name'],
  ['__proto__', '[{"x":{"__proto__":{}}}]', 'bad-name'],
  ['constructor', '{"constructor":1}', 'bad-name'],
  ['20 000 levels', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'too-deep'],
  ['half a million levels', `${'['.repeat(500_000)}${']'.repeat(500_000)}`, 'too-deep'],
] as const
for (const [what, text, code] of dangerous) {
  test(`parseJson() refuses ${what}`, () => {
    assert.throws(
      () => parseJson(text),
      (thrown) => thrown instanceof Refusal && thrown.innerCode === code,
    )
  })
}

test('parseJson() reads equal names in different objects, and names as values', () => {
  const text = '[{"a":"__proto__"},{"a":["a","a",{"a":"}"}]},"{\\"a\\":1,\\"a\\":2}"]'
  assert.deepEqual(parseJson(text), JSON.parse(text))
})

test('parseJson() agrees with JSON.parse on all documents without doubtful names', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.boolean(), (value, pretty) => {
      const text = JSON.stringify(value, undefined, pretty ? 2 : undefined)
      if (/"(?:__proto__|constructor|prototype)":/.test(text)) return
      assert.deepEqual(parseJson(text), JSON.parse(text))
    }),
  )
})
