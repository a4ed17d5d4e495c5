import { Fault } from '../base/fault.ts'
import { type Coder, type Coding, createCoder } from './content-coding.ts'

// HTML compressed to less than a hundredth, and that for 16 MiB on end, is made to keep readers busy.
const expansionMax = 100
const expansionFloorBytes = 16 * 1024 * 1024

/** What is made of a body on its way: bytes in, bytes out, in pieces of any size. */
export interface BodyTranslation {
  translate(chunk: Buffer): Buffer
  /** The rest. */
  end(): Buffer
}

/** Who gets a translated body. */
export interface BodyReader {
  /** False: `resume` will be called. */
  onData(bytes: Buffer): boolean
  /** So many bytes of those written are read. */
  onRead(bytes: number): void
  onEnd(): void
  /** `backend-rubbish`: the body is not what its coding says, or a bomb. Nothing follows. */
  onError(fault: Fault): void
}

/** A compressed body on its way: taken out of its coding, translated, and put into the same again. */
export class CodedBody implements Disposable {
  readonly #coding: Exclude<Coding, 'identity'>
  readonly #translation: BodyTranslation
  readonly #reader: BodyReader
  #coder: Coder | undefined
  #readBytes = 0
  #expandedBytes = 0
  #unflushed = false
  #flushing: NodeJS.Immediate | undefined
  #over = false

  constructor(
    coding: Exclude<Coding, 'identity'>,
    translation: BodyTranslation,
    reader: BodyReader,
  ) {
    this.#coding = coding
    this.#translation = translation
    this.#reader = reader
  }

  write(chunk: Buffer): void {
    if (this.#over || chunk.length === 0) return
    this.#coder ??= this.#open(chunk[0] as number)
    this.#readBytes += chunk.length
    this.#coder.decoder.write(chunk, () => {
      if (this.#over) return
      this.#reader.onRead(chunk.length)
      this.#flushSoon()
    })
  }

  end(): void {
    if (this.#over) return
    // An empty body stays one: it would not be one of its coding.
    if (this.#coder) this.#coder.decoder.end()
    else this.#finish()
  }

  /** The reader takes more. */
  resume(): void {
    this.#coder?.encoder.resume()
  }

  [Symbol.dispose](): void {
    this.#over = true
    clearImmediate(this.#flushing)
    this.#coder?.decoder.destroy()
    this.#coder?.encoder.destroy()
  }

  #open(first: number): Coder {
    const coder = createCoder(this.#coding, first)
    const { decoder, encoder } = coder
    decoder.on('data', (plain: Buffer) => this.#translate(coder, plain))
    decoder.on('end', () => encoder.end(this.#translation.end()))
    decoder.on('error', (cause) => this.#fail('the body is not what its coding says', cause))
    encoder.on('drain', () => decoder.resume())
    encoder.on('data', (coded: Buffer) => {
      if (!this.#reader.onData(coded)) encoder.pause()
    })
    encoder.on('end', () => this.#finish())
    encoder.on('error', (cause) => this.#fail('the body could not be coded', cause))
    return coder
  }

  #translate({ decoder, encoder }: Coder, plain: Buffer): void {
    if (this.#over) return
    this.#expandedBytes += plain.length
    const most = Math.max(expansionFloorBytes, expansionMax * this.#readBytes)
    if (this.#expandedBytes > most) {
      this.#fail(`the body expands to more than ${expansionMax} times its size`, undefined)
      return
    }
    const translated = this.#translation.translate(plain)
    if (translated.length === 0) return
    this.#unflushed = true
    if (!encoder.write(translated)) decoder.pause()
    this.#flushSoon()
  }

  // A page that comes in pieces must be seen in pieces: once the decoder has nothing left, the encoder gives out all.
  #flushSoon(): void {
    this.#flushing ??= setImmediate(() => {
      this.#flushing = undefined
      const coder = this.#coder
      if (this.#over || !coder || !this.#unflushed) return
      const { decoder, encoder, flushKind } = coder
      if (decoder.writableLength > 0 || decoder.readableLength > 0 || decoder.writableEnded) return
      this.#unflushed = false
      encoder.flush(flushKind)
    })
  }

  #finish(): void {
    if (this.#over) return
    this.#over = true
    clearImmediate(this.#flushing)
    this.#reader.onEnd()
  }

  #fail(message: string, cause: unknown): void {
    if (this.#over) return
    this[Symbol.dispose]()
    this.#reader.onError(new Fault('backend-rubbish', message, { cause }))
  }
}
