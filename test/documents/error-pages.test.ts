import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { describeProgram } from '../../src/cli/program.ts'
import { findingTexts } from '../../src/doctor/findings.ts'
import { programOptions } from '../../src/run/command-line.ts'
import { keepingSurroundings } from '../terminal.ts'
import { collectCodes } from './codes.ts'
import { writeErrorIndex } from './error-index.ts'
import { commandProblem } from './sample-command.ts'

const folder = 'docs/errors'
const codes = readdirSync(folder)
  .filter((file) => file !== 'README.md')
  .map((file) => file.replace(/\.md$/, ''))
  .sort()
const pages = new Map(codes.map((code) => [code, readFileSync(`${folder}/${code}.md`, 'utf8')]))

test('every code that somebody can meet has a page, and every page is about such a code [D1] [F7]', () => {
  const met = collectCodes()
  const missing = [...met].filter(([code]) => !pages.has(code))
  assert.deepEqual(missing, [], 'write docs/errors/<code>.md; no code: test/documents/codes.ts')
  assert.deepEqual(
    codes.filter((code) => !met.has(code)),
    [],
    'pages about codes that there are no more',
  )
})

const sections = ['What happened', 'Who can put it right', 'How', 'What the browser shows']

test('each page about a code says what happened, who can put it right, how, and what the browser shows', () => {
  for (const [code, text] of pages) {
    assert.ok(text.startsWith(`# \`${code}\`: `), code)
    const found = Array.from(text.matchAll(/^## (.*)\n\n(\S)/gm), ([, title]) => title)
    assert.deepEqual(found, sections, code)
    assert.match(text, /^In the portal/m, code)
  }
})

test('a page about a finding has the title of the finding', () => {
  for (const [id, { title }] of Object.entries(findingTexts)) {
    const text = pages.get(id) ?? ''
    if (!text.includes('An answer of the edge'))
      assert.ok(text.startsWith(`# \`${id}\`: ${title}\n`), id)
  }
})

test('the commands on the pages about codes are ones that can be typed [G6]', async () => {
  const options = programOptions(keepingSurroundings({ stdout: '', stderr: '', text: '' }))
  const entries = await describeProgram(options)
  const wrong = [...pages].flatMap(([code, text]) => {
    const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(text) ?? []
    return block
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [code, line, commandProblem(line, entries)] as const)
      .filter(([, , problem]) => problem !== undefined)
  })
  assert.deepEqual(wrong, [])
})

test('the pages lead to places of the portal that there are [G5]', () => {
  const labels = Array.from(
    readFileSync('src/portal/shell/places.ts', 'utf8').matchAll(/label: '([^']+)'/g),
    ([, label]) => label,
  )
  for (const [code, text] of pages) {
    const [, place = ''] = /^In the portal: (.*)\.$/m.exec(text) ?? []
    const [, first = ''] = /^([A-Z][\w -]*?)(?: →|,|;|:| or |$)/.exec(place) ?? []
    if (first !== '' && !first.startsWith('Search'))
      assert.ok(labels.includes(first), `${code}: ${first}`)
  }
})

test('the index of the pages about codes has all of them; SALLYPORT_WRITE_DOCS=1 writes it', () => {
  const written = writeErrorIndex(pages)
  if (process.env['SALLYPORT_WRITE_DOCS'] === '1') writeFileSync(`${folder}/README.md`, written)
  assert.equal(readFileSync(`${folder}/README.md`, 'utf8'), written)
})
