import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkStart, fieldLines, lastChunk, statusLine } from './write-head.ts'

test('a head is written field by field, in order and case [F1]', () => {
  assert.equal(statusLine(200), 'HTTP/1.1 200 OK\r\n')
  assert.equal(statusLine(299), 'HTTP/1.1 299 \r\n')
  assert.equal(
    fieldLines(['X-b', '1', 'a', 'w\xe4hlen', 'X-b', '']),
    'X-b: 1\r\na: w\xe4hlen\r\nX-b: \r\n',
  )
  assert.equal(chunkStart(255), 'ff\r\n')
  assert.equal(lastChunk([]), '0\r\n\r\n')
  assert.equal(lastChunk(['A', 'b']), '0\r\nA: b\r\n\r\n')
})

for (const [name, value] of [
  ['X', 'a\r\nY: b'],
  ['X', 'a\nb'],
  ['X', '\0'],
  ['X', '\u0100'],
  ['X: a\r\nY', 'b'],
  ['X Y', 'b'],
  ['', 'b'],
] as const) {
  test(`${JSON.stringify([name, value])} is no field and is never written [F8]`, () => {
    assert.throws(() => fieldLines([name, value]), TypeError)
    assert.throws(() => lastChunk([name, value]), TypeError)
  })
}
