import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decipherRc2 } from './rc2.ts'

// RFC 2268 §5: key, effective bits, plaintext, ciphertext.
const vectors = [
  ['0000000000000000', 63, '0000000000000000', 'ebb773f993278eff'],
  ['ffffffffffffffff', 64, 'ffffffffffffffff', '278b27e42e2f0d49'],
  ['3000000000000000', 64, '1000000000000001', '30649edf9be7d2c2'],
  ['88', 64, '0000000000000000', '61a8a244adacccf0'],
  ['88bca90e90875a', 64, '0000000000000000', '6ccf4308974c267f'],
  ['88bca90e90875a7f0f79c384627bafb2', 64, '0000000000000000', '1a807d272bbe5db1'],
  ['88bca90e90875a7f0f79c384627bafb2', 128, '0000000000000000', '2269552ab0f85ca6'],
  [
    '88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e',
    129,
    '0000000000000000',
    '5b78d3a43dfff1f1',
  ],
] as const
for (const [key, bits, plain, cipher] of vectors) {
  test(`decipherRc2() agrees with RFC 2268: ${key.slice(0, 16)}…, ${bits} bits [P11]`, () => {
    const iv = Buffer.alloc(8)
    const found = decipherRc2(Buffer.from(cipher, 'hex'), Buffer.from(key, 'hex'), bits, iv)
    assert.equal(found.toString('hex'), plain)
  })
}

test('each block is joined with the one before it, and half a block is refused [P11]', () => {
  const block = Buffer.from('278b27e42e2f0d49', 'hex')
  const ones = Buffer.alloc(8, 0xff)
  const found = decipherRc2(Buffer.concat([block, block]), ones, 64, ones)
  const expected = Buffer.concat([Buffer.alloc(8), block.map((byte) => byte ^ 0xff)])
  assert.deepEqual(found, expected)
  assert.throws(() => decipherRc2(block.subarray(1), ones, 64, ones), RangeError)
})
