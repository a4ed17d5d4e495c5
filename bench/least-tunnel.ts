import type { Writable } from 'node:stream'

// For whom, and how many bytes follow.
const headBytes = 8

/** Writes messages for many over one connection; those of one turn of the event loop leave together. */
export class MessageWriter {
  readonly #connection: Writable
  #parts: Buffer[] = []

  constructor(connection: Writable) {
    this.#connection = connection
  }

  write(id: number, message: Buffer): void {
    const part = Buffer.allocUnsafe(headBytes + message.length)
    part.writeUInt32BE(id, 0)
    part.writeUInt32BE(message.length, 4)
    message.copy(part, headBytes)
    if (this.#parts.length === 0) setImmediate(() => this.#flush())
    this.#parts.push(part)
  }

  #flush(): void {
    const parts = this.#parts
    this.#parts = []
    this.#connection.write(Buffer.concat(parts))
  }
}

/** Finds the messages that a `MessageWriter` wrote, in bytes cut anywhere. */
export class CarriedMessages {
  readonly #onMessage: (id: number, message: Buffer) => void
  #rest: Buffer = Buffer.alloc(0)

  constructor(onMessage: (id: number, message: Buffer) => void) {
    this.#onMessage = onMessage
  }

  read(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    let at = 0
    while (at + headBytes <= bytes.length) {
      const end = at + headBytes + bytes.readUInt32BE(at + 4)
      if (end > bytes.length) break
      this.#onMessage(bytes.readUInt32BE(at), Buffer.from(bytes.subarray(at + headBytes, end)))
      at = end
    }
    this.#rest = bytes.subarray(at)
  }
}
