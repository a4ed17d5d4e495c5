import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskHeaders, maskLocation } from './mask.ts'

const fields = [
  ['Authorization', 'Bearer secret', '…'],
  ['Set-Cookie', 'sid=secret; Path=/; Secure', 'sid=…; Path=/; Secure'],
  ['X-CSRF-Token', 'secret', '…'],
  ['x-amzn-oidc-session', 'secret', '…'],
  ['Location', '/next?code=secret', '/next?…'],
  ['Referer', 'https://a.example/x#secret', 'https://a.example/x?…'],
  ['WWW-Authenticate', 'Bearer realm="x"', 'Bearer realm="x"'],
  ['Access-Control-Allow-Headers', 'authorization, x-token', 'authorization, x-token'],
  ['Vary', 'Cookie', 'Cookie'],
  ['Content-Type', 'text/html', 'text/html'],
] as const
for (const [name, value, shown] of fields) {
  test(`maskHeaders() shows ${name}: ${value} as ${shown} [D2] [D4]`, () => {
    assert.deepEqual(maskHeaders([name, value]), [name, shown])
  })
}

const locations = [
  ['https://name:secret@a.example/x', 'https://user@a.example/x'],
  ['//name:secret@a.example/x', '//user@a.example/x'],
  ['https://a.example/@x', 'https://a.example/@x'],
  ['../x?secret#secret', '../x?…'],
  ['/x', '/x'],
] as const
for (const [text, shown] of locations) {
  test(`maskLocation() shows ${text} as ${shown} [D2] [D4]`, () => {
    assert.equal(maskLocation(text), shown)
  })
}
