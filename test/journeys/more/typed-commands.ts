import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { blocksOf, exampleCommandsOf } from '../../documents/commands.ts'
import { cures } from '../../documents/cures.ts'
import { typeDocumented } from '../../documents/scenes.ts'
import { openStage, type Stage } from '../../documents/stage.ts'

let stage: Stage
before(async () => {
  stage = await openStage()
})
after(() => stage?.[Symbol.asyncDispose]())

const pages = readdirSync('docs/errors/').map((file) => ({
  code: file.replace(/\.md$/, ''),
  lines: blocksOf(readFileSync(`docs/errors/${file}`, 'utf8'))
    .join('')
    .trim()
    .split('\n'),
}))

test('what the pages about errors say to type works, and where an error can be brought about it goes away [D1] [F7]', async () => {
  const wrong: string[] = []
  const typed = new Set<string>()
  for (const { code, lines } of pages) {
    const cure = cures[code]
    if (lines[0] === '' || (cure === undefined && typed.has(lines.join('\n')))) continue
    typed.add(lines.join('\n'))
    wrong.push(...(await followPage(code, lines)))
    await stage.restore()
  }
  assert.deepEqual(wrong, [])
})

test('every example of the reference of commands works [G6]', async () => {
  const wrong: string[] = []
  for (const line of exampleCommandsOf(readFileSync('docs/cli-reference.md', 'utf8'))) {
    const problem = await typeDocumented(stage, line)
    if (problem !== undefined) wrong.push(problem)
    await stage.restore()
  }
  assert.deepEqual(wrong, [])
})

/** Brings the error about, types what the page says, and sees whether it is gone; resolves to what went wrong. */
async function followPage(code: string, lines: readonly string[]): Promise<readonly string[]> {
  const wrong: string[] = []
  const cure = cures[code]
  for (const line of cure?.before ?? []) await stage.expect(line)
  const met = (await cure?.meet(stage)) ?? [code]
  if (!met.includes(code)) wrong.push(`${code} is not met, but ${met}`)
  for (const line of lines) {
    const problem = await typeDocumented(stage, line, cure !== undefined)
    if (problem !== undefined) wrong.push(`${code}: ${problem}`)
  }
  if (cure === undefined || cure.isLasting) return wrong
  const left = await cure.meet(stage)
  if (left.includes(code)) wrong.push(`${code} is still there`)
  return wrong
}
