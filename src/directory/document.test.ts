import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeDocument, encodeDocument } from './document.ts'

const documents = fc.letrec((tie) => ({
  part: fc.oneof(
    fc.constant(undefined),
    fc.boolean(),
    fc.integer(),
    fc.string({ unit: 'binary' }),
    fc.array(tie('part')),
    fc.dictionary(fc.string(), tie('part')),
  ),
})).part

test('a document reads back as it was written, absent parts included', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const copy = structuredClone(document)
      assert.deepEqual(decodeDocument(encodeDocument(document)), copy)
    }),
  )
})

test('a document that was read cannot be edited, at any depth', () => {
  const read = decodeDocument(encodeDocument({ segments: [{ id: 'a' }] })) as {
    segments: { id: string }[]
  }
  assert.throws(() => read.segments.push({ id: 'b' }), TypeError)
  assert.throws(() => Object.assign(read.segments[0] ?? {}, { id: 'b' }), TypeError)
})
