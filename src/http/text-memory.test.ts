import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TextMemory } from './text-memory.ts'

test('a memory of texts knows what it was told of each, however alike they are', () => {
  const alike = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 6 }))
  fc.assert(
    fc.property(alike, (texts) => {
      const memory = new TextMemory<string>(1_000)
      for (const text of texts) {
        const known = memory.get(text)
        assert.ok(known === undefined || known === `of ${text}`)
        memory.set(text, `of ${text}`)
        assert.equal(memory.get(text), `of ${text}`)
      }
      for (const text of texts) assert.equal(memory.get(text), `of ${text}`)
    }),
  )
})

test('a memory of texts takes the last thing it was told', () => {
  const memory = new TextMemory<number>(10)
  memory.set('host', 1)
  assert.equal(memory.get('host'), 1)
  memory.set('host', 2)
  assert.equal(memory.get('host'), 2)
})

test('a memory of texts that is full forgets all of them', () => {
  const memory = new TextMemory<number>(10)
  for (let i = 0; i < 10; i++) memory.set(`x-${i}`, i)
  assert.equal(memory.get('x-3'), 3)
  memory.set('x-10', 10)
  assert.equal(memory.get('x-3'), undefined)
  assert.equal(memory.get('x-10'), 10)
})
