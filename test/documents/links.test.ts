import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { anchorOf } from '../../src/manual/markdown.ts'

const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'llms.txt'],
  ...['src/tunnel/spec.md', 'bench/README.md'],
  ...globSync('docs/**/*.md'),
]

/** The text of a document without its code, where brackets are no links. */
function prose(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`(?!\])/g, '')
}

function anchorsOf(file: string): ReadonlySet<string> {
  const text = readFileSync(file, 'utf8').replace(/^```[\s\S]*?^```/gm, '')
  return new Set(Array.from(text.matchAll(/^#{1,6} (.*)$/gm), ([, title = '']) => anchorOf(title)))
}

/** What keeps a link from leading anywhere; undefined when it does. */
function linkProblem(from: string, href: string): string | undefined {
  if (/^(?:https?|mailto):/.test(href)) return undefined
  const [path = '', anchor] = href.split('#')
  const file = path === '' ? from : join(dirname(from), path)
  if (!existsSync(file)) return `${from}: ${href}`
  if (anchor === undefined || statSync(file).isDirectory() || anchorsOf(file).has(anchor))
    return undefined
  return `${from}: ${href} has no such heading`
}

test('every link in the documents leads to a file that is there, and every #anchor to a heading', () => {
  const broken = documents.flatMap((file) =>
    Array.from(prose(file).matchAll(/\]\(([^()\s]+)\)/g), ([, href = '']) =>
      linkProblem(file, href),
    ),
  )
  assert.deepEqual(
    broken.filter((each) => each !== undefined),
    [],
  )
})

test('the indexes name every document', () => {
  const names = globSync('docs/*.md')
    .map((file) => file.slice('docs/'.length))
    .filter((name) => name !== 'README.md')
  const index = readFileSync('docs/README.md', 'utf8')
  assert.deepEqual(
    names.filter((name) => !index.includes(`(${name})`)),
    [],
  )
  const overview = readFileSync('llms.txt', 'utf8')
  assert.deepEqual(
    names.filter((name) => !overview.includes(`(docs/${name})`)),
    [],
  )
})
