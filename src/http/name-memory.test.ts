import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NameMemory } from './name-memory.ts'

test('a name is judged once for each spelling', () => {
  const judged: string[] = []
  const names = new NameMemory((written) => {
    judged.push(written)
    return written.toLowerCase()
  })
  for (let i = 0; i < 3; i++) {
    for (const name of ['Host', 'host', '__proto__']) {
      assert.equal(names.meaningOf(name), name.toLowerCase())
    }
  }
  assert.deepEqual(judged, ['Host', 'host', '__proto__'])
})

test('long names and any number of names are judged, and never fill the memory', () => {
  const names = new NameMemory((written) => written.length)
  for (let i = 0; i < 5_000; i++) assert.equal(names.meaningOf(`x-${i}`), `x-${i}`.length)
  assert.equal(names.meaningOf('x'.repeat(60_000)), 60_000)
})
