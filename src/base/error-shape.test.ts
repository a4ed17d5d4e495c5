import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeError } from './error-shape.ts'

test('of an error the log has name, message, code and stack, and those of its causes; nothing that hangs on it [D4]', () => {
  const cause = Object.assign(new Error('inner'), { body: 'canary-body' })
  const error = new TypeError('outer', { cause })
  Object.assign(error, {
    code: 'E_OUT',
    response: { headers: { 'set-cookie': 'canary-cookie' } },
    request: 'canary-request',
  })
  const shape = describeError(error) as Record<string, unknown>
  assert.deepEqual(Object.keys(shape), ['type', 'message', 'code', 'stack'])
  assert.deepEqual(
    [shape['type'], shape['message'], shape['code']],
    ['TypeError', 'outer', 'E_OUT'],
  )
  assert.match(String(shape['stack']), /TypeError: outer[\s\S]*\ncaused by: Error: inner\n/)
  assert.doesNotMatch(JSON.stringify(shape), /canary/)
})

test('what was thrown and is no error stays a text, and causes in a circle end [D4]', () => {
  assert.equal(describeError('a sentence'), 'a sentence')
  assert.equal(describeError({ token: 'canary' }), '[object Object]')
  const error = new Error('again')
  error.cause = error
  assert.equal(JSON.stringify(describeError(error)).split('caused by').length, 6)
  assert.ok(JSON.stringify(describeError(new Error('x'.repeat(1_000_000)))).length < 20_000)
})
