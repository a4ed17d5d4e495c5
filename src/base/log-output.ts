import { write, writeSync } from 'node:fs'

// Lines that wait for a slow reader; what comes on top of them is dropped.
const waitingMaxLength = 1024 * 1024

// How long a pipe that is full is left alone.
const retryMs = 50

/**
 * Where log lines go: one write for all that came during the last one. A full disk or a reader that is gone costs
 * lines, never the process, and never its end.
 */
export class LogOutput {
  readonly #fd: number
  #waiting = ''
  #writing = false

  constructor(fd: number) {
    this.#fd = fd
    process.once('exit', () => this.#flush())
  }

  write(line: string): void {
    if (this.#waiting.length + line.length > waitingMaxLength) return
    this.#waiting += line
    if (!this.#writing) this.#writeWaiting()
  }

  #writeWaiting(): void {
    this.#writing = true
    const bytes = Buffer.from(this.#waiting)
    this.#waiting = ''
    this.#writeBytes(bytes, 0)
  }

  #writeBytes(bytes: Buffer, from: number): void {
    write(this.#fd, bytes, from, (error, count) => {
      const done = from + count
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#writeBytes(bytes, from), retryMs).unref()
      } else if (!error && done < bytes.length) {
        this.#writeBytes(bytes, done)
      } else {
        this.#writing = false
        // Half a line is on the disk that became full.
        if (error && from > 0) this.#waiting = `\n${this.#waiting}`
        if (this.#waiting !== '') this.#writeWaiting()
      }
    })
  }

  #flush(): void {
    try {
      writeSync(this.#fd, this.#waiting)
    } catch {
      // Nobody can be told any more.
    }
  }
}
