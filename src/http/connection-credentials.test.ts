import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bindsConnection } from './connection-credentials.ts'

test('bindsConnection() knows NTLM and Negotiate in every case, and nothing else', () => {
  for (const bound of ['NTLM TlRM', 'ntlm', 'Negotiate YII=', 'NEGOTIATE YII=', 'Kerberos x']) {
    assert.ok(bindsConnection(bound), bound)
  }
  for (const free of ['', 'Basic NTLM', 'Bearer Negotiate', 'NTLMv9 x', 'Digest username="ntlm"']) {
    assert.ok(!bindsConnection(free), free)
  }
})
