import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Log } from '../../src/base/log.ts'
import { silentLog } from '../../src/base/log.ts'
import type { LogFields } from '../../src/base/log-fields.ts'
import { findLogCalls, type LogCall } from './log-calls.ts'

const page = 'docs/log-messages.md'
const intro = `# Messages of the log

Every message that a process can write into its log, with its fields besides those of every line ([signals.md](signals.md)). \`…\` stands
for one of few words: the state of a link. A field may be missing where it is not known. The same event has the same text; alert
on it together with \`level\` and \`component\`.

| message | level | component | fields |
|---|---|---|---|
`

const calls = findLogCalls()

test('the text of every log message is constant, and its fields are known by name [D4]', () => {
  assert.ok(calls.length > 80)
  const unclear = calls.filter(
    ({ messages, fields }) => messages === undefined || fields.some((name) => /\W/.test(name)),
  )
  assert.deepEqual(unclear, [], 'test/documents/log-calls.ts reads them')
})

test('the page about log messages has all of them; SALLYPORT_WRITE_DOCS=1 writes it [D4]', () => {
  const rows = calls.flatMap((each) => (each.messages ?? []).map((text) => rowOf(text, each)))
  const written = `${intro}${[...new Set(rows)].sort().join('\n')}\n`
  if (process.env['SALLYPORT_WRITE_DOCS'] === '1') writeFileSync(page, written)
  assert.equal(readFileSync(page, 'utf8'), written)
})

function rowOf(text: string, { file, level, fields }: LogCall): string {
  const names = fields.map((name) => `\`${name}\``).join(' ')
  return `| ${text} | ${level} | ${componentOf(file)} | ${names} |`
}

const ofConnector = /^src\/(?:connector\/|run\/connector-command)/
const ofBoth = /^src\/(?:base\/|signals\/|tunnel\/link\.ts|run\/mishaps|run\/command-signals)/

function componentOf(file: string): string {
  if (ofConnector.test(file)) return 'connector'
  return ofBoth.test(file) ? 'both' : 'edge'
}

test('nothing but what has a name there compiles as a field of the log, not in a variable either [D4]', () => {
  const log: Log = silentLog
  const fields: LogFields = { personId: 'ann' }
  log.info(fields, 'known')
  const person = { personId: 'ann', password: 'secret' }
  // @ts-expect-error: a password is no field of the log.
  log.info(person, 'whole')
  // @ts-expect-error: nor does it become one by its spelling.
  log.info({ ...person, token: 'secret' }, 'spread')
})
