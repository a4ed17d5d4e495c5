/**
 * RC2 in CBC mode (RFC 2268), deciphering only: PFX files of older Windows and Java hide their certificates with it, and
 * OpenSSL 3 has left it out. It guards nothing here. The padding is left in. Throws RangeError for half a block.
 */
export function decipherRc2(
  ciphertext: Uint8Array,
  key: Uint8Array,
  effectiveBits: number,
  iv: Uint8Array,
): Buffer {
  if (ciphertext.length % blockBytes !== 0) throw new RangeError('not a whole number of blocks')
  const words = expandKey(key, effectiveBits)
  const plain = Buffer.alloc(ciphertext.length)
  let previous = iv
  for (let at = 0; at < ciphertext.length; at += blockBytes) {
    const block = ciphertext.subarray(at, at + blockBytes)
    decipherBlock(words, block, plain, at)
    for (let i = 0; i < blockBytes; i++) plain[at + i] = byte(plain, at + i) ^ byte(previous, i)
    previous = block
  }
  return plain
}

const blockBytes = 8
const keyTableBytes = 128

// RFC 2268 §2: digits of pi.
const piTable = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2' +
    '179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
    '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626' +
    '6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
    '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec' +
    'c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9' +
    '0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad',
  'hex',
)

/** RFC 2268 §2: 64 words of 16 bits. */
function expandKey(key: Uint8Array, effectiveBits: number): Uint16Array {
  const table = new Uint8Array(keyTableBytes)
  table.set(key)
  for (let i = key.length; i < keyTableBytes; i++) {
    table[i] = byte(piTable, (byte(table, i - 1) + byte(table, i - key.length)) & 0xff)
  }
  const effectiveBytes = Math.ceil(effectiveBits / 8)
  const mask = 0xff >> (8 * effectiveBytes - effectiveBits)
  const start = keyTableBytes - effectiveBytes
  table[start] = byte(piTable, byte(table, start) & mask)
  for (let i = start - 1; i >= 0; i--) {
    table[i] = byte(piTable, byte(table, i + 1) ^ byte(table, i + effectiveBytes))
  }
  return Uint16Array.from(
    { length: 64 },
    (_, i) => byte(table, 2 * i) | (byte(table, 2 * i + 1) << 8),
  )
}

// How far each word of a block is turned in a mixing round (RFC 2268 §3.1).
const turns = [1, 2, 3, 5] as const

/** RFC 2268 §4: five, six and five mixing rounds backwards, a mashing round between each two. */
function decipherBlock(key: Uint16Array, block: Uint8Array, out: Uint8Array, at: number): void {
  const r = Uint16Array.from(
    { length: 4 },
    (_, i) => byte(block, 2 * i) | (byte(block, 2 * i + 1) << 8),
  )
  let used = 64
  for (const rounds of [5, 6, 5]) {
    if (used < 64) unmash(key, r)
    for (let round = 0; round < rounds; round++) {
      unmix(key, r, used)
      used -= 4
    }
  }
  for (let i = 0; i < 4; i++) {
    out[at + 2 * i] = word(r, i) & 0xff
    out[at + 2 * i + 1] = word(r, i) >> 8
  }
}

function unmix(key: Uint16Array, r: Uint16Array, used: number): void {
  for (let i = 3; i >= 0; i--) {
    const turn = turns[i] as number
    const turned = (word(r, i) >> turn) | (word(r, i) << (16 - turn))
    const [one, two, three] = [word(r, (i + 3) & 3), word(r, (i + 2) & 3), word(r, (i + 1) & 3)]
    r[i] = turned - word(key, used - 4 + i) - (one & two) - (~one & three)
  }
}

function unmash(key: Uint16Array, r: Uint16Array): void {
  for (let i = 3; i >= 0; i--) r[i] = word(r, i) - word(key, word(r, (i + 3) & 3) & 63)
}

// The indexes above are within bounds by construction; these say so to the compiler once.
function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number
}

function word(words: Uint16Array, at: number): number {
  return words[at] as number
}
