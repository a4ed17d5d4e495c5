import { randomFillSync } from 'node:crypto'

const randomBytes = 16
const textBytes = 36
// Made at once: asking for random bytes costs more than making an id of them.
const idsAhead = 128

const random = Buffer.alloc(idsAhead * randomBytes)
const texts = Buffer.alloc(idsAhead * textBytes, '-')
const digits = Buffer.from('0123456789abcdef')
// Where the two digits of each byte stand, between the hyphens.
const places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const
let used = idsAhead

/**
 * A new random UUID (RFC 9562 §5.4). Unlike that of `crypto.randomUUID` it is one piece: there it consists of twenty, which
 * a request would keep alive for as long as it takes.
 */
export function createRequestId(): string {
  if (used === idsAhead) makeIds()
  const start = used++ * textBytes
  return texts.toString('latin1', start, start + textBytes)
}

function makeIds(): void {
  randomFillSync(random)
  for (let id = 0; id < idsAhead; id++) writeId(id * randomBytes, id * textBytes)
  used = 0
}

function writeId(from: number, to: number): void {
  random[from + 6] = ((random[from + 6] as number) & 0x0f) | 0x40
  random[from + 8] = ((random[from + 8] as number) & 0x3f) | 0x80
  for (let i = 0; i < randomBytes; i++) {
    const byte = random[from + i] as number
    const place = to + (places[i] as number)
    texts[place] = digits[byte >> 4] as number
    texts[place + 1] = digits[byte & 0x0f] as number
  }
}
