import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { HpackDecoder, HpackError } from './hpack-decoder.ts'
import { HpackEncoder } from './hpack-encoder.ts'

const limits = { headerListBytes: 64 * 1024, headerPairs: 256 }

function decode(decoder: HpackDecoder, hex: string): string[] | undefined {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  return decoder.decode(bytes, 0, bytes.length)?.map(({ name, value }) => `${name}: ${value}`)
}

// RFC 7541 C.4 and C.6, the latter with the size of the table it begins with.
const examples = [
  [
    'requests',
    [
      ['828684418cf1e3c2e5f23a6ba0ab90f4ff', ['GET', 'http', '/', 'www.example.com']],
      ['828684be5886a8eb10649cbf', ['GET', 'http', '/', 'www.example.com', 'no-cache']],
      [
        '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
        ['GET', 'https', '/index.html', 'www.example.com', 'custom-value'],
      ],
    ],
  ],
  [
    'answers, in a table that is too small for them',
    [
      [
        `3fe101 488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c7
         8f0b97c8e9ae82ae43d3`,
        ['302', 'private', 'Mon, 21 Oct 2013 20:13:21 GMT', 'https://www.example.com'],
      ],
      [
        '4883640effc1c0bf',
        ['307', 'private', 'Mon, 21 Oct 2013 20:13:21 GMT', 'https://www.example.com'],
      ],
      [
        `88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b
         3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007`,
        [
          ...['200', 'private', 'Mon, 21 Oct 2013 20:13:22 GMT', 'https://www.example.com', 'gzip'],
          'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
        ],
      ],
    ],
  ],
] as const
for (const [what, blocks] of examples) {
  test(`HpackDecoder reads the examples of RFC 7541: ${what}`, () => {
    const decoder = new HpackDecoder(limits)
    for (const [hex, values] of blocks) {
      const fields = decode(decoder, hex.replaceAll(/\s/g, ''))
      assert.deepEqual(
        fields?.map((line) => line.slice(line.indexOf(': ') + 2)),
        values,
      )
    }
  })
}

const rubbish = [
  ['index 0', '80'],
  ['an index beyond the table', 'be'],
  ['a name beyond the table', '7f00 0161'],
  ['a number without an end', 'ffffffffffffffff'],
  ['a number that stops', 'ff80'],
  ['a string beyond its block', '0005 6162'],
  ['no value', '0001 61'],
  ['a table larger than announced', '3fe21f'],
  ['a table size behind a field', '82 20'],
  ['the end of a string within a string', '0001 61 84 ffffffff'],
  ['a whole byte of padding', '0001 61 82 1fff'],
  ['padding that is not ones', '0001 61 81 18'],
] as const
for (const [what, hex] of rubbish) {
  test(`HpackDecoder throws HpackError for ${what} [F8]`, () => {
    assert.throws(() => decode(new HpackDecoder(limits), hex), HpackError)
  })
}

test('HpackDecoder throws nothing but HpackError, whatever comes [F8]', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 5 }), (blocks) => {
      const decoder = new HpackDecoder(limits)
      try {
        for (const block of blocks) decoder.decode(Buffer.from(block), 0, block.length)
      } catch (error) {
        assert.ok(error instanceof HpackError)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('a list that is too large is not given back, and the next is read rightly all the same [F8]', () => {
  const decoder = new HpackDecoder({ headerListBytes: 200, headerPairs: 3 })
  // `custom-key: custom-value` goes into the table, and is then meant four times.
  const entry = '40 0a637573746f6d2d6b6579 0c637573746f6d2d76616c7565'
  assert.equal(decode(decoder, `${entry} bebebe`), undefined)
  assert.deepEqual(decode(decoder, 'be'), ['custom-key: custom-value'])
  assert.equal(decode(decoder, `00 0161 7fc901${'61'.repeat(328)}`), undefined)
})

const value = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
})
const name = fc.oneof(
  fc.constantFrom('Content-Type', 'Server', 'Vary', 'Set-Cookie', 'ETag', 'Cache-Control', 'Date'),
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/),
)
const answer = fc.record({
  status: fc.constantFrom(200, 204, 302, 404, 599),
  fields: fc.array(fc.tuple(name, value), { maxLength: 12 }),
  tableBytes: fc.constantFrom(undefined, 0, 60, 300, 4096, 100_000),
})

test('what HpackEncoder writes, HpackDecoder reads: the same fields in the same order, block after block [F1]', () => {
  const own =
    /^(?:connection|keep-alive|te|trailer|upgrade|content-length|proxy-.*|transfer-encoding)$/i
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 8 }), (answers) => {
      const encoder = new HpackEncoder()
      const decoder = new HpackDecoder({ headerListBytes: 1e6, headerPairs: 1e3 })
      for (const { status, fields, tableBytes } of answers) {
        if (tableBytes !== undefined) encoder.limitTable(tableBytes)
        const sent = fields.filter(([each]) => !own.test(each))
        const block = encoder.encode(status, sent.flat())
        const read = decoder
          .decode(block, 0, block.length)
          ?.map((field) => [field.name, field.value])
        const expected = sent.map(([each, text]) => [each.toLowerCase(), text])
        const dated = expected.some(([each]) => each === 'date')
        assert.deepEqual(read?.slice(0, expected.length + 1), [
          [':status', `${status}`],
          ...expected,
        ])
        assert.equal(read?.length, expected.length + (dated ? 1 : 2))
      }
    }),
  )
})

test('HpackEncoder writes what repeats in one byte, and secrets never so [S3]', () => {
  const encoder = new HpackEncoder()
  const headers = ['Content-Type', 'text/html', 'Date', 'x', 'Set-Cookie', 'session=secret']
  const lengths = [1, 2, 3].map(() => encoder.encode(200, headers).length)
  assert.equal(lengths[1], lengths[2])
  assert.equal(lengths[1], 3 + 'set-cookie session=secret'.length - 'set-cookie'.length + 2)
})
