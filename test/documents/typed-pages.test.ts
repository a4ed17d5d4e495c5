import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { describeProgram } from '../../src/cli/program.ts'
import { programOptions } from '../../src/run/command-line.ts'
import { keepingSurroundings } from '../terminal.ts'
import { blocksOf, inlineCommandsOf } from './commands.ts'
import { commandProblem } from './sample-command.ts'
import { typedByHand, typedPages } from './typed-pages.ts'

const documents = globSync(['*.md', 'llms.txt', '{docs,bench,src,demos}/**/*.md']).sort()
const lists: readonly (readonly [file: string, pages: readonly string[]])[] =
  Object.entries(typedPages)

test('the blocks of commands of every document are typed by a test [G6]', () => {
  const named = [...lists.flatMap(([, pages]) => pages), ...Object.keys(typedByHand)]
  const isTyped = (file: string): boolean =>
    named.some((name) => file === name || (name.endsWith('/') && file.startsWith(name)))
  const forgotten = documents.filter(
    (file) => blocksOf(readFileSync(file, 'utf8')).length > 0 && !isTyped(file),
  )
  assert.deepEqual(forgotten, [], 'say which test types it: test/documents/typed-pages.ts')
})

test('a test that is said to type documents reads them', () => {
  for (const [file, pages] of lists) {
    const text = readFileSync(file, 'utf8')
    const isRead = (page: string): boolean => text.includes('typedPages') || text.includes(page)
    assert.deepEqual(
      pages.filter((page) => !isRead(page)),
      [],
      file,
    )
  }
})

// For shells, and without a noun.
const outsideTheTree = /^sallyport (?:--help|complete -- )/

test('commands amid a sentence are ones that there are, with options that they have [G6]', async () => {
  const options = programOptions(keepingSurroundings({ stdout: '', stderr: '', text: '' }))
  const entries = await describeProgram(options)
  const wrong = documents
    // What it tells of was so once.
    .filter((file) => file !== 'CHANGELOG.md')
    .flatMap((file) => inlineCommandsOf(readFileSync(file, 'utf8')).map((line) => ({ file, line })))
    .filter(({ line }) => line.startsWith('sallyport ') && !outsideTheTree.test(line))
    .map(({ file, line }) => ({ file, line, problem: commandProblem(line, entries) ?? '' }))
    // A command may be named without all that it takes.
    .filter(({ problem }) => problem.startsWith('there is no '))
  assert.deepEqual(wrong, [])
})
