import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { openInMemory, settings, temporaryFile } from './fixture.ts'
import { openDirectory } from './open.ts'

test('a secret is made once, however many ask at once', async (t) => {
  const directory = await openInMemory(t)
  let made = 0
  const create = async () => {
    made += 1
    return randomBytes(32)
  }
  const asked = await Promise.all(Array.from({ length: 20 }, () => directory.secret('mac', create)))
  asked.push(await directory.secret('mac', create))
  assert.equal(made, 1)
  for (const secret of asked) assert.deepEqual(secret, asked[0])
  assert.notDeepEqual(await directory.secret('other', create), asked[0])
})

test('two processes that ask for the same secret get the same', async (t) => {
  const file = temporaryFile(t)
  await using one = await openDirectory({ file, ...settings })
  await using two = await openDirectory({ file, ...settings })
  const create = async () => randomBytes(32)
  const [first, second] = await Promise.all([one.secret('mac', create), two.secret('mac', create)])
  assert.deepEqual(first, second)
})

test('a secret outlives the process', async (t) => {
  const file = temporaryFile(t)
  const bytes = Uint8Array.of(0, 1, 254, 255)
  {
    await using directory = await openDirectory({ file, ...settings })
    assert.deepEqual(await directory.secret('mac', () => bytes), bytes)
  }
  await using directory = await openDirectory({ file, ...settings })
  assert.deepEqual(await directory.secret('mac', () => assert.fail('it is there')), bytes)
})

test('when making a secret fails, the next one who asks makes it', async (t) => {
  const directory = await openInMemory(t)
  const failure = new Error('no entropy')
  await assert.rejects(
    directory.secret('mac', () => Promise.reject(failure)),
    failure,
  )
  assert.deepEqual(await directory.secret('mac', () => Uint8Array.of(7)), Uint8Array.of(7))
})
