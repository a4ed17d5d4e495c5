import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readBodyBytes } from './body-bytes.ts'
import { Http1Body } from './http1-body.ts'

const kibibyte = 1024

function openBody(): Http1Body {
  return new Http1Body(() => {})
}

test('readBodyBytes() gives back 64 KiB that come in pieces [S1]', async () => {
  const body = openBody()
  const text = readBodyBytes(body, 64 * kibibyte)
  for (let i = 0; i < 64; i++) body.give(Buffer.from('é'.repeat(kibibyte / 2)))
  body.end([])
  assert.equal((await text).toString(), 'é'.repeat(32 * kibibyte))
})

test('readBodyBytes() refuses one byte more, and wants no more of it [F7]', async () => {
  const body = openBody()
  const text = readBodyBytes(body, 64 * kibibyte)
  body.give(Buffer.alloc(64 * kibibyte + 1))
  await assert.rejects(text, { code: 'too-large', status: 413 })
  assert.ok(!body.flowing)
})

test('readBodyBytes() refuses a body that broke off, before or while it is read [F8]', async () => {
  const refusal = { code: 'malformed-request', status: 400 }
  const broken = openBody()
  broken.abort()
  await assert.rejects(readBodyBytes(broken, kibibyte), refusal)
  const breaking = openBody()
  const text = readBodyBytes(breaking, kibibyte)
  breaking.give(Buffer.from('a'))
  breaking.abort()
  await assert.rejects(text, refusal)
})

test('readBodyBytes() gives up a body that does not come within 30 seconds [F8]', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const body = openBody()
  const refused = assert.rejects(readBodyBytes(body, 64 * kibibyte), {
    code: 'malformed-request',
    status: 400,
  })
  body.give(Buffer.from('a'))
  t.mock.timers.tick(29_999)
  assert.ok(body.flowing)
  t.mock.timers.tick(1)
  await refused
})
