import type { Socket } from 'node:net'
import { Client, type Dispatcher } from 'undici'

/** More than this from one backend before an answer and undici is left to refuse the connection. */
const maxContinues = 10

/** A head that grows beyond this is no 100. */
const maxContinueBytes = 4_096

const continueStart = Buffer.from('HTTP/1.1 100 ')
const one = 0x31
const headEnd = Buffer.from('\r\n\r\n')

/** A handler that wants to know on which connection its request goes out. */
export interface ConnectionHandler extends Dispatcher.DispatchHandler {
  connection: BackendClient | undefined
}

type Opened = (...outcome: [null, Socket] | [Error, null]) => void

/**
 * undici's client of one connection, made tolerant of 100 (Continue). Old servers send it to every POST, asked or not;
 * a client must put up with that (RFC 9110 §15.2), but undici destroys the connection. Nobody waits for it, as Expect is
 * never forwarded, so it is dropped.
 */
export class BackendClient extends Client {
  #expectingHead = false
  #continues = 0
  #incomplete: Buffer | undefined

  constructor(origin: URL, options: Client.Options, open: (opened: Opened) => void) {
    super(origin, {
      ...options,
      connect: (_place, opened) => {
        open((...outcome) => {
          if (outcome[1]) this.#filter(outcome[1])
          opened(...outcome)
        })
      },
    })
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: ConnectionHandler): boolean {
    handler.connection = this
    return super.dispatch(options, handler)
  }

  /** A request goes out, so the next bytes are the head of its answer. */
  expectHead(): void {
    this.#expectingHead = true
    this.#continues = 0
    this.#incomplete = undefined
  }

  #filter(socket: Socket): void {
    const { read } = socket
    socket.read = (size?: number): Buffer | null => {
      const chunk: Buffer | null = read.call(socket, size)
      return chunk && this.#expectingHead ? this.#withoutContinue(chunk) : chunk
    }
  }

  #withoutContinue(chunk: Buffer): Buffer | null {
    // The usual case, told by the status's first digit.
    if (!this.#incomplete && chunk.length > 9 && chunk[9] !== one) {
      this.#expectingHead = false
      return chunk
    }
    let rest = this.#incomplete ? Buffer.concat([this.#incomplete, chunk]) : chunk
    this.#incomplete = undefined
    while (startsContinue(rest) && this.#continues < maxContinues) {
      const end = rest.length < continueStart.length ? -1 : rest.indexOf(headEnd)
      if (end < 0 && rest.length < maxContinueBytes) {
        this.#incomplete = rest
        return null
      }
      if (end < 0) break
      this.#continues++
      rest = rest.subarray(end + headEnd.length)
      if (rest.length === 0) return null
    }
    this.#expectingHead = false
    return rest
  }
}

function startsContinue(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, continueStart.length)
  return bytes.compare(continueStart, 0, length, 0, length) === 0
}
