import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { duplexPair } from 'node:stream'
import { test } from 'node:test'
import { frameType } from './frame.ts'
import { GuessLimit } from './guess-limit.ts'
import { handshakeFrame, receiveHandshakeFrame, signProof } from './handshake.ts'
import { defaultLimits } from './limits.ts'
import { createHub, helloWith, rawKey } from './test-tunnel.ts'

const minute = 60_000

test('ten wrong tokens a minute and address, then none until the next minute [K1]', () => {
  const limit = new GuessLimit()
  for (let i = 0; i < 10; i++) {
    assert.equal(limit.isReached('192.0.2.1', minute), false)
    limit.note('192.0.2.1', minute)
  }
  assert.equal(limit.isReached('192.0.2.1', minute), true)
  assert.equal(limit.isReached('192.0.2.2', minute), false)
  assert.equal(limit.isReached('192.0.2.1', 2 * minute), false)
})

test('however many addresses guess, a bounded number is remembered', () => {
  const limit = new GuessLimit()
  for (let i = 0; i < 10; i++) limit.note('first', minute)
  for (let i = 0; i < 10_000; i++) limit.note(`address ${i}`, minute)
  assert.equal(limit.isReached('first', minute), false)
})

test('10,000 guesses at an enrolment token ask the directory a few times only [K1]', async () => {
  let asked = 0
  await using hub = createHub({
    enrol: async () => {
      asked++
      return { refused: 'unknown-token' }
    },
  })
  const keys = generateKeyPairSync('ed25519')
  const publicKey = rawKey(keys.publicKey)
  const binding = randomBytes(32)
  const signature = signProof(keys.privateKey, '', binding)
  const hello = { ...helloWith(defaultLimits, binding), connectorId: '', signature }
  async function guess(): Promise<string> {
    const [edgeSide, socket] = duplexPair()
    hub.adopt(edgeSide, binding, '192.0.2.1')
    const enrolment = { secret: randomBytes(16).toString('hex'), publicKey }
    socket.write(handshakeFrame(frameType.hello, { ...hello, enrolment }))
    const { payload } = await receiveHandshakeFrame(socket, 10_000)
    socket.resume().end()
    return JSON.parse(payload.toString()).code
  }
  const answers = new Map<string, number>()
  for (let i = 0; i < 10_000; i++) {
    const code = await guess()
    answers.set(code, (answers.get(code) ?? 0) + 1)
  }
  // A minute may pass in between on a slow machine.
  assert.ok(asked <= 20, `${asked} times`)
  assert.equal(answers.get('unknown-token'), asked)
  assert.equal(answers.get('overloaded'), 10_000 - asked)
})
