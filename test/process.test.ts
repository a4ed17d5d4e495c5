import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupMembers, RunningCommand } from './process.ts'

test('a command is stopped when it goes out of scope, and nothing of it is left', async () => {
  let pid = 0
  {
    await using command = new RunningCommand('tail', ['-n', '+1', '-f', 'package.json'])
    pid = command.pid
    assert.equal(await command.line((line) => line.startsWith('{')), '{')
    assert.deepEqual(groupMembers(pid), [`${pid} tail`])
  }
  assert.deepEqual(groupMembers(pid), [])
})

test('a command that ends before it is ready is an error with what it said', async () => {
  await using command = new RunningCommand('sh', ['-c', 'echo not so >&2; exit 3'])
  await assert.rejects(
    command.line(() => true),
    /ended with 3[\s\S]*not so/,
  )
  assert.equal(await command.exit, 3)
})

test('a command that does not exist is an error', async () => {
  await using command = new RunningCommand('/nowhere/to/be/found', [])
  await assert.rejects(
    command.line(() => true),
    /ENOENT/,
  )
})
