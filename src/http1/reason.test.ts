import assert from 'node:assert/strict'
import { STATUS_CODES } from 'node:http'
import { test } from 'node:test'
import fc from 'fast-check'
import { readResponseHead } from './head.ts'
import { reasonBytesMax } from './reason.ts'
import { statusLine } from './write-head.ts'

function reasonOf(line: string): string | undefined {
  const bytes = Buffer.from(`${line}\r\n`, 'latin1')
  const head = readResponseHead(bytes, 0, bytes.length)
  assert.ok(typeof head !== 'string', `${head}`)
  return head.reason
}

const fits = ['\t', ' ', 'a', 'Z', '~', ':', '2', '\x80', '\xff']
const reason = fc.string({
  unit: fc.constantFrom(...fits),
  minLength: 1,
  maxLength: reasonBytesMax,
})
const status = fc.integer({ min: 100, max: 999 })

test('an unusual reason is read as it was written [F1]', () => {
  fc.assert(
    fc.property(status, reason, (status, text) => {
      assert.equal(reasonOf(statusLine(status, text)), text)
    }),
  )
})

test('a reason that could be more than that is never written [F8]', () => {
  const bad = fc.constantFrom('\0', '\n', '\r', '\x01', '\x7f', '\u010a')
  fc.assert(
    fc.property(status, reason, bad, reason, (status, before, byte, behind) => {
      assert.throws(() => statusLine(status, before + byte + behind), TypeError)
    }),
  )
  assert.throws(() => statusLine(200, ''), TypeError)
  assert.throws(() => statusLine(200, 'x'.repeat(reasonBytesMax + 1)), TypeError)
})

test('the usual reason, none at all and a very long one are nothing to pass on', () => {
  for (const [code, text] of Object.entries(STATUS_CODES)) {
    assert.equal(reasonOf(`HTTP/1.1 ${code} ${text}\r\n`), undefined)
  }
  assert.equal(reasonOf('HTTP/1.1 200\r\n'), undefined)
  assert.equal(reasonOf('HTTP/1.1 200 \r\n'), undefined)
  assert.equal(reasonOf(`HTTP/1.0 200 ${'x'.repeat(reasonBytesMax + 1)}\r\n`), undefined)
  assert.equal(reasonOf('HTTP/1.0 200 ok\r\n'), 'ok')
})
