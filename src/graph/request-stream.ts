import type { RequestRecord } from '../base/request-record.ts'

// Proxies and browsers give a silent connection up after 30 seconds or more; a token that is over is noticed as soon.
const beatMs = 5_000
// What waits for a slow reader: some two hundred requests. Beyond it they are dropped, and counted.
const waitingMaxBytes = 256 * 1024
// How soon a reader that lost its connection comes back.
const retryMs = 2_000

/** Requests as server-sent events (HTML §9.2), bounded for those who read slowly. [G5] */
export class RequestStream {
  readonly body: ReadableStream<Uint8Array>
  readonly caller: string
  readonly #stillAllowed: () => Promise<boolean>
  readonly #beat: NodeJS.Timeout
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #onEnd: () => void = () => {}
  #dropped = 0

  /** `stillAllowed` is asked every five seconds whether the reader may go on; never rejects. */
  constructor(caller: string, stillAllowed: () => Promise<boolean>) {
    this.caller = caller
    this.#stillAllowed = stillAllowed
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        cancel: () => this.#end(),
      },
      { highWaterMark: waitingMaxBytes, size: (chunk) => chunk?.byteLength ?? 0 },
    )
    this.#beat = setInterval(() => void this.#pulse(), beatMs)
    this.#write(`retry: ${retryMs}\n\n`)
  }

  /** Called once when nobody reads any more. */
  onEnd(listener: () => void): void {
    this.#onEnd = listener
    if (!this.#controller) listener()
  }

  onRequest(record: RequestRecord): void {
    const endedAt = Date.parse(record.startedDateTime) + Math.ceil(record.durationInMilliseconds)
    const id = `${endedAt}.${record.id}`
    if (!this.#hasRoom) {
      this.#dropped++
      return
    }
    this.#tellDropped()
    this.#write(`id: ${id}\nevent: request\ndata: ${JSON.stringify(record)}\n\n`)
  }

  onDropped(count: number): void {
    this.#dropped += count
    if (this.#hasRoom) this.#tellDropped()
  }

  onClose(): void {
    this.#controller?.close()
    this.#end()
  }

  get #hasRoom(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return
    this.#write(`event: dropped\ndata: {"count":${this.#dropped}}\n\n`)
    this.#dropped = 0
  }

  async #pulse(): Promise<void> {
    if (!(await this.#stillAllowed())) {
      this.#write('event: end\ndata: {"reason":"not-allowed"}\n\n')
      this.onClose()
    } else if (this.#hasRoom) {
      this.#tellDropped()
      this.#write(': \n\n')
    }
  }

  #write(text: string): void {
    this.#controller?.enqueue(Buffer.from(text))
  }

  #end(): void {
    if (!this.#controller) return
    this.#controller = undefined
    clearInterval(this.#beat)
    this.#onEnd()
  }
}
