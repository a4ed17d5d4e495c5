import assert from 'node:assert/strict'
import { test } from 'node:test'
import zlib from 'node:zlib'
import type { Fault } from '../base/fault.ts'
import { CodedBody } from './coded-body.ts'
import type { Coding } from './content-coding.ts'
import { sampleFound, sampleRoutes } from './sample.ts'
import { TextTranslation } from './text.ts'

const inside = '<a href="http://iis/CORSWebService/">é</a>'
const outside = '<a href="https://service.contoso.net/">é</a>'

type Coded = Exclude<Coding, 'identity'>

// The default quality takes seconds for a bomb.
const brotli = (bytes: Buffer) =>
  zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } })

const formats: readonly (readonly [string, Coded, (b: Buffer) => Buffer, (b: Buffer) => Buffer])[] =
  [
    ['gzip', 'gzip', zlib.gzipSync, zlib.gunzipSync],
    ['deflate', 'deflate', zlib.deflateSync, zlib.inflateSync],
    ['deflate without its wrapper', 'deflate', zlib.deflateRawSync, zlib.inflateRawSync],
    ['br', 'br', brotli, zlib.brotliDecompressSync],
    ['zstd', 'zstd', zlib.zstdCompressSync, zlib.zstdDecompressSync],
  ]

/** A body of that coding on its way, and what has come out of it. */
class Passage implements Disposable {
  readonly body: CodedBody
  readonly out: Buffer[] = []
  readonly end: Promise<Fault | 'whole'>
  read = 0
  /** Whether the reader takes more. */
  takes = true
  #onData = (): void => {}

  constructor(coding: Coded) {
    const { promise, resolve } = Promise.withResolvers<Fault | 'whole'>()
    this.end = promise
    const plan = { language: 'html', charset: undefined, coding } as const
    const found = sampleFound('https://apps.contoso.net/client/')
    this.body = new CodedBody(coding, new TextTranslation(sampleRoutes, found, plan), {
      onData: (bytes) => {
        this.out.push(bytes)
        this.#onData()
        return this.takes
      },
      onRead: (bytes) => {
        this.read += bytes
      },
      onEnd: () => resolve('whole'),
      onError: resolve,
    })
  }

  /** Resolves when what has come out satisfies. */
  until(satisfies: (out: Buffer) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#onData = () => {
        if (satisfies(Buffer.concat(this.out))) resolve()
      }
      this.#onData()
    })
  }

  [Symbol.dispose](): void {
    this.body[Symbol.dispose]()
  }
}

for (const [name, coding, encode, decode] of formats) {
  test(`a body in ${name} is translated and comes out in ${name} [F4]`, async () => {
    using passage = new Passage(coding)
    const coded = encode(Buffer.from(inside.repeat(10_000)))
    for (let i = 0; i < coded.length; i += 100) passage.body.write(coded.subarray(i, i + 100))
    passage.body.end()
    assert.equal(await passage.end, 'whole')
    assert.equal(decode(Buffer.concat(passage.out)).toString(), outside.repeat(10_000))
    assert.equal(passage.read, coded.length)
  })

  test(`a page that comes in pieces in ${name} is seen in pieces [F4]`, async () => {
    using passage = new Passage(coding)
    const source = {
      gzip: zlib.createGzip(),
      br: zlib.createBrotliCompress(),
      zstd: zlib.createZstdCompress(),
      deflate: name === 'deflate' ? zlib.createDeflate() : zlib.createDeflateRaw(),
    }[coding]
    source.on('data', (bytes: Buffer) => passage.body.write(bytes))
    for (let piece = 1; piece <= 3; piece++) {
      source.write(inside)
      source.flush()
      await passage.until((out) => partly(coding, name, out) === outside.repeat(piece))
    }
  })

  test(`a body that is not in ${name} is told apart from one that is [F7]`, async () => {
    using passage = new Passage(coding)
    passage.body.write(Buffer.from('<!doctype html>'.repeat(100)))
    passage.body.end()
    assert.equal(((await passage.end) as Fault).code, 'backend-rubbish')
  })

  test(`a body in ${name} that breaks off does not look whole [F7]`, async () => {
    using passage = new Passage(coding)
    const coded = encode(Buffer.from(Array.from({ length: 999 }, (_, i) => `${i} `).join('')))
    passage.body.write(coded.subarray(0, coded.length / 2))
    passage.body.end()
    assert.equal(((await passage.end) as Fault).code, 'backend-rubbish')
  })

  test(`a bomb in ${name} is given up before it takes time or memory [F4]`, async () => {
    const bomb = encode(Buffer.alloc(64 * 1024 * 1024))
    const before = process.memoryUsage.rss()
    using passage = new Passage(coding)
    passage.body.write(bomb)
    passage.body.end()
    assert.equal(((await passage.end) as Fault).code, 'backend-rubbish')
    assert.ok(Buffer.concat(passage.out).length < 1024 * 1024)
    assert.ok(process.memoryUsage.rss() - before < 64 * 1024 * 1024)
  })
}

/** What can be read of an unfinished body. */
function partly(coding: Coded, name: string, out: Buffer): string {
  const { constants } = zlib
  if (coding === 'br') {
    return zlib
      .brotliDecompressSync(out, { finishFlush: constants.BROTLI_OPERATION_FLUSH })
      .toString()
  }
  if (coding === 'zstd') {
    return zlib.zstdDecompressSync(out, { finishFlush: constants.ZSTD_e_flush }).toString()
  }
  const options = { finishFlush: constants.Z_SYNC_FLUSH }
  if (name === 'deflate') return zlib.inflateSync(out, options).toString()
  if (coding === 'gzip') return zlib.gunzipSync(out, options).toString()
  return zlib.inflateRawSync(out, options).toString()
}

test('nobody reads faster than the reader takes [F1] [F4]', async () => {
  using passage = new Passage('gzip')
  passage.takes = false
  // Of random letters: what is compressed a hundredfold is read in one go.
  const text = Buffer.from(
    Array.from({ length: 4_000_000 }, () => String.fromCharCode(97 + Math.random() * 26)).join(''),
  )
  const coded = zlib.gzipSync(text)
  for (let i = 0; i < coded.length; i += 16_384) passage.body.write(coded.subarray(i, i + 16_384))
  passage.body.end()
  await passage.until((out) => out.length > 0)
  for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate)
  assert.ok(passage.read < coded.length / 4, `${passage.read} of ${coded.length}`)
  passage.takes = true
  passage.body.resume()
  assert.equal(await passage.end, 'whole')
  assert.deepEqual(zlib.gunzipSync(Buffer.concat(passage.out)), text)
})

test('a body that is given up says nothing more [F4]', async () => {
  const passage = new Passage('gzip')
  passage.body.write(zlib.gzipSync(inside))
  passage.body[Symbol.dispose]()
  passage.body.write(Buffer.from('rubbish'))
  passage.body.end()
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  assert.deepEqual([passage.out, passage.read], [[], 0])
})

test('an empty body stays empty [F4]', async () => {
  using passage = new Passage('br')
  passage.body.end()
  assert.equal(await passage.end, 'whole')
  assert.deepEqual(passage.out, [])
})
