// RFC 7541 Appendix B. The code is canonical: shorter codes first, equal ones by their byte, so lengths tell it all (in
// base 36, one for each byte from 0 to 255; the end of a string, which never stands in one, is the last code of 30 bits).
const lengths = [
  'dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca',
  'd67777777777777777777777878djde6f56565666577666567655677777fbeds',
  'kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn',
  'qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrq',
].join('')

const nibbleValues = 16
/** No byte ends within this nibble. */
const noByte = 0x100
const byteBits = 9
const wrong = -1
/** A string may end within a code of less than a byte, if only ones have come of it (RFC 7541 §5.2). */
const paddingMaxBits = 7

interface Machine {
  /** By state and nibble: the next state above the byte that ended, or `wrong`. */
  readonly steps: Int32Array
  /** States in which a string may end. */
  readonly ends: Uint8Array
}

/** The code as a machine that takes four bits at a time. A state is a part of a code that is not whole yet. */
const machine: Machine = buildMachine()

/**
 * Decodes `bytes` from `start` to `end` into `into`, which has room for twice as many (the shortest code has five bits).
 * The number of bytes, or -1 when it is no string of this code.
 */
export function decodeHuffman(bytes: Buffer, start: number, end: number, into: Buffer): number {
  const { steps, ends } = machine
  let state = 0
  let length = 0
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    const high = steps[state * nibbleValues + (byte >> 4)] as number
    if (high < 0) return wrong
    if ((high & noByte) === 0) into[length++] = high
    const low = steps[(high >> byteBits) * nibbleValues + (byte & 15)] as number
    if (low < 0) return wrong
    if ((low & noByte) === 0) into[length++] = low
    state = low >> byteBits
  }
  return ends[state] === 1 ? length : wrong
}

interface Node {
  readonly next: [Node | undefined, Node | undefined]
  readonly byte: number | undefined
  readonly state: number
  /** A string may end here. */
  readonly ends: boolean
}

function buildMachine(): Machine {
  const states: Node[] = []
  const add = (ends: boolean): Node => {
    const node: Node = { next: [undefined, undefined], byte: undefined, state: states.length, ends }
    states.push(node)
    return node
  }
  const root = add(true)
  for (const { code, bits, byte } of codes()) {
    let node = root
    for (let depth = 1; depth < bits; depth++) {
      const bit = (code >> (bits - depth)) & 1
      const ends = node.ends && bit === 1 && depth <= paddingMaxBits
      node.next[bit] ??= add(ends)
      node = node.next[bit] as Node
    }
    node.next[code & 1] = { next: [undefined, undefined], byte, state: wrong, ends: false }
  }
  const steps = new Int32Array(states.length * nibbleValues)
  for (const { state } of states) {
    for (let nibble = 0; nibble < nibbleValues; nibble++) {
      steps[state * nibbleValues + nibble] = stepFrom(root, states[state] as Node, nibble)
    }
  }
  return { steps, ends: Uint8Array.from(states, ({ ends }) => (ends ? 1 : 0)) }
}

function stepFrom(root: Node, from: Node, nibble: number): number {
  let node = from
  let ended = noByte
  for (const mask of [8, 4, 2, 1]) {
    const next = node.next[(nibble & mask) === 0 ? 0 : 1]
    if (!next) return wrong
    if (next.byte !== undefined) ended = next.byte
    node = next.byte === undefined ? next : root
  }
  return (node.state << byteBits) | ended
}

function codes(): { code: number; bits: number; byte: number }[] {
  const byLength = Array.from(lengths, (digit, byte) => ({
    bits: Number.parseInt(digit, 36),
    byte,
  }))
  byLength.sort((a, b) => a.bits - b.bits || a.byte - b.byte)
  let code = 0
  let last = 0
  return byLength.map(({ bits, byte }) => {
    code <<= bits - last
    last = bits
    return { code: code++, bits, byte }
  })
}
