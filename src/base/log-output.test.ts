import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

// A command that hangs is ended by then, and fails its test.
const runMaxMs = 10_000

const program = `
  import { createLog } from ${JSON.stringify(import.meta.resolve('./log.ts'))}
  const log = createLog('test')
  for (let n = 0; n < 1000; n++) log.info({ n }, 'a line')
  await new Promise((resolve) => setImmediate(resolve))
  log.info({ n: 1000 }, 'the last line')
  process.exit(7)
`

/** Runs the program with its log in that file. */
function logTo(file: string): number | null {
  const fd = openSync(file, 'a')
  try {
    const args = ['--input-type=module', '-e', program]
    const stdio = ['ignore', 'inherit', fd] as const
    return spawnSync(process.execPath, args, { stdio: [...stdio], timeout: runMaxMs }).status
  } finally {
    closeSync(fd)
  }
}

test('every line is written, the ones just before process.exit() too [D4]', () => {
  const file = join(tmpdir(), `sallyport-log-${process.pid}`)
  try {
    assert.equal(logTo(file), 7)
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    const numbers = lines.map((line) => (JSON.parse(line) as { n: number }).n)
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      Array.from({ length: 1001 }, (_, n) => n),
    )
  } finally {
    rmSync(file, { force: true })
  }
})

test('a disk that is full costs the lines, neither the process nor its end [D4]', () => {
  assert.equal(logTo('/dev/full'), 7)
})
