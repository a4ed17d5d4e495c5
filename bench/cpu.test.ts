import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { cpuSecondsOf, parseCoreList, residentBytesOf } from './cpu.ts'

test('parseCoreList() reads ranges and single cores', () => {
  assert.deepEqual(parseCoreList('0-2,5'), [0, 1, 2, 5])
  assert.deepEqual(parseCoreList('7'), [7])
})

test('cpuSecondsOf() and residentBytesOf() add up the live processes of a group', () => {
  const ps = spawnSync('ps', ['-o', 'pgid=', '-p', String(process.pid)], { encoding: 'utf8' })
  const group = Number(ps.stdout)
  assert.ok(cpuSecondsOf(group) > 0)
  assert.ok(residentBytesOf(group) >= process.memoryUsage.rss() / 2)
})
