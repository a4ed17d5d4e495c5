/** What a TLS client says first, as far as it concerns us. */
export interface ClientHello {
  readonly serverName: string | undefined
  readonly protocols: readonly string[]
}

/** OpenSSL's own limit is 16 kB and some; no client comes near it. */
const helloMaxBytes = 32 * 1024

const handshakeRecord = 0x16
const clientHello = 0x01
const serverNameExtension = 0x0000
const alpnExtension = 0x0010

/** The first message of a TLS connection, whole or in pieces; `unknown` is for OpenSSL to judge. Never throws. */
export function parseClientHello(bytes: Buffer): ClientHello | 'more' | 'unknown' {
  const message = joinRecords(bytes)
  if (message === 'unknown' || message === 'more') return message
  try {
    return readHello(new Reader(message))
  } catch (error) {
    if (error instanceof RangeError) return 'unknown'
    throw error
  }
}

/** The handshake message out of its records (RFC 8446 §5.1): a client may cut it anywhere. */
function joinRecords(bytes: Buffer): Buffer | 'more' | 'unknown' {
  const fragments: Buffer[] = []
  let have = 0
  let want = Number.POSITIVE_INFINITY
  for (let at = 0; have < want; ) {
    if (bytes.length > at && bytes[at] !== handshakeRecord) return 'unknown'
    if (bytes.length < at + 5) return bytes.length > helloMaxBytes ? 'unknown' : 'more'
    const length = bytes.readUInt16BE(at + 3)
    const fragment = bytes.subarray(at + 5, at + 5 + length)
    if (length === 0) return 'unknown'
    if (fragment.length < length) return bytes.length > helloMaxBytes ? 'unknown' : 'more'
    fragments.push(fragment)
    have += length
    at += 5 + length
    if (have >= 4 && want === Number.POSITIVE_INFINITY) {
      const head = Buffer.concat(fragments)
      if (head[0] !== clientHello) return 'unknown'
      want = 4 + head.readUIntBE(1, 3)
      if (want > helloMaxBytes) return 'unknown'
    }
  }
  return Buffer.concat(fragments).subarray(4, want)
}

/** RFC 8446 §4.1.2. */
function readHello(hello: Reader): ClientHello {
  hello.skip(2 + 32)
  hello.vector(1)
  hello.vector(2)
  hello.vector(1)
  const found: { serverName: string | undefined; protocols: string[] } = {
    serverName: undefined,
    protocols: [],
  }
  if (hello.isAtEnd) return found
  const extensions = hello.vector(2)
  while (!extensions.isAtEnd) {
    const type = extensions.number(2)
    const data = extensions.vector(2)
    if (type === serverNameExtension) found.serverName = readServerName(data)
    if (type === alpnExtension) found.protocols = readProtocols(data)
  }
  return found
}

/** RFC 6066 §3: the name of type 0. */
function readServerName(data: Reader): string | undefined {
  const names = data.vector(2)
  if (names.isAtEnd || names.number(1) !== 0) return undefined
  return names.vector(2).text()
}

/** RFC 7301 §3.1. */
function readProtocols(data: Reader): string[] {
  const list = data.vector(2)
  const protocols: string[] = []
  while (!list.isAtEnd) protocols.push(list.vector(1).text())
  return protocols
}

/** Bytes from front to end; whatever reads past it throws RangeError. */
class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  skip(count: number): void {
    this.#take(count)
  }

  number(bytes: number): number {
    return this.#take(bytes).readUIntBE(0, bytes)
  }

  /** As many bytes as the `lengthBytes` before them say. */
  vector(lengthBytes: number): Reader {
    return new Reader(this.#take(this.number(lengthBytes)))
  }

  text(): string {
    return this.#bytes.toString('latin1')
  }

  #take(count: number): Buffer {
    const end = this.#at + count
    if (end > this.#bytes.length) throw new RangeError('past the end')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }
}
