import { closeSync, write, writeSync } from 'node:fs'

// Lines that wait for a slow reader; what comes on top of them is dropped.
const waitingMaxLength = 1024 * 1024

// How long a pipe that is full is left alone.
const retryMs = 50

let dropped = 0

/** Lines that this process did not write, since it began. */
export function droppedLines(): number {
  return dropped
}

/**
 * Where log lines go: one write for all that came during the last one. A full disk or a reader that is gone costs
 * lines, never the process, and never its end.
 */
export class LogOutput {
  #fd: number
  #waiting = ''
  #writing = false
  /** What is written to from the next write on. */
  #next: number | undefined

  constructor(fd: number) {
    this.#fd = fd
    process.once('exit', () => this.#flush())
  }

  /** False when the line was dropped, because too many wait. */
  write(line: string): boolean {
    if (this.#waiting.length + line.length > waitingMaxLength) {
      dropped++
      return false
    }
    this.#waiting += line
    if (!this.#writing) this.#writeWaiting()
    return true
  }

  /** From the next write on lines go to this file, and the one before is closed. */
  moveTo(fd: number): void {
    if (this.#next !== undefined) closeSync(this.#next)
    this.#next = fd
    if (!this.#writing) this.#move()
  }

  #move(): void {
    if (this.#next === undefined) return
    const before = this.#fd
    this.#fd = this.#next
    this.#next = undefined
    closeSync(before)
  }

  #writeWaiting(): void {
    this.#writing = true
    this.#move()
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
        else this.#move()
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
