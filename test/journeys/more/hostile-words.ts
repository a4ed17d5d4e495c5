import assert from 'node:assert/strict'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { story } from '../../command-story.ts'
import { temporaryFolder } from '../../folder.ts'
import { type HostileEdge, type Malice, spell, startHostileEdge } from '../../hostile-edge.ts'
import { type RunningEdge, sallyport, startEdge } from '../../pieces.ts'
import { runCommandLine, type Said, type TerminalOptions } from '../../terminal.ts'

// Names come from strangers, and an edge may be one: nothing that it says may paint, move or forge what somebody reads.

let home: string
let edge: RunningEdge
let hostile: HostileEdge
let environment: Readonly<Record<string, string>>
const cleaners: AsyncDisposable[] = []

before(async () => {
  const folder = await temporaryFolder()
  home = folder.path
  edge = await startEdge(join(home, 'edge'))
  hostile = await startHostileEdge(edge.port, edge.ca)
  cleaners.push(hostile, edge, folder)
  await writeFile(join(home, 'ca.pem'), hostile.ca)
  await using token = sallyport('token', '--data', join(home, 'edge'))
  environment = {
    SALLYPORT_SERVER: hostile.url,
    SALLYPORT_TOKEN: await token.line(() => true),
    SALLYPORT_CA: join(home, 'ca.pem'),
  }
})
after(async () => {
  for (const cleaner of cleaners) await cleaner[Symbol.asyncDispose]()
})

function run(line: string | readonly string[], options: TerminalOptions): Promise<Said> {
  const args = typeof line === 'string' ? wordsOf(line) : line
  return runCommandLine(args, {
    ...options,
    environment: { ...environment, ...options.environment },
  })
}

function wordsOf(line: string): string[] {
  const words = line.matchAll(/(?:[^\s"]|"[^"]*")+/g)
  const url = (_: string, host: string): string => edge.external(host).slice(0, -1)
  return [...words].map(([word]) => word.replaceAll('"', '').replace(/\{([a-z*]+)\}/g, url))
}

const unsafe =
  /[^\n\t\u0020-\u007e\u00a0-\u{10ffff}]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: what we paint with, and write over
const own = /\u001b\[(?:[12]|22|3[0-9])m|\r\u001b\[K/g
const forged = /(?:^|\n)\s*✓ forged/

/** What of a text would fool somebody. */
function complaint(text: string): string | undefined {
  const plain = text.replace(own, '')
  const found = unsafe.exec(plain) ?? forged.exec(plain)
  return found
    ? JSON.stringify(plain.slice(Math.max(0, found.index - 60), found.index + 20))
    : undefined
}

const alsoTyped = [
  ...['policies list', 'sign-ins list', 'audit list', 'revisions show 12 --diff', 'diff {file}'],
  ...['users delete ann@contoso.com', 'apps delete Wiki', 'revisions rollback 12'],
  ...['complete -- apps show ""', 'apps show Wikki', 'export', 'schema', 'status --debug'],
  ...['apply {file} --dry-run', 'requests show 1', 'providers show x', 'connectors show x'],
]

/** Everything of the story that asks, and more; what is changed in it is what the next ones show. */
const lines = [...story.map(([line]) => line), ...alsoTyped]

for (const malice of ['descriptions', 'names', 'everything'] as const satisfies readonly Malice[]) {
  test(`with ${malice} spoilt by the edge nothing in any answer reaches the terminal as more than words [G6]`, async () => {
    hostile.malice = malice
    const complaints: string[] = []
    let done = 0
    const file = join(home, 'wiki.yaml')
    await writeFile(
      file,
      'applications:\n  - displayName: Wiki\n    tags: [x]\ngroups:\n  - displayName: Sales\n    description: other\n',
    )
    for (const line of lines) {
      const typed = line.replace('{file}', file)
      // Programs get the same record whatever is spoilt in it.
      for (const [how, options] of malice === 'descriptions' ? ways : ways.slice(0, 1)) {
        const said = await run(how === '--json' ? `${typed} --json` : typed, options)
        if (said.exit === 0) done++
        const wrong = complaint(said.text)
        if (wrong !== undefined) complaints.push(`${line} ${how}: ${wrong}`)
      }
    }
    assert.deepEqual(complaints, [])
    if (malice === 'descriptions') assert.ok(done > lines.length, `${done}`)
  })
}

const ways: readonly (readonly [string, TerminalOptions])[] = [
  ['at a terminal', { columns: 80, stdin: 'no\n' }],
  ['--json', {}],
]

test('files that were exported from a spoilt edge have no controls in them either [G6]', async () => {
  hostile.malice = 'descriptions'
  const folder = join(home, 'exported')
  const said = await run(['export', '--out', folder, '--users'], { columns: 80 })
  assert.equal(complaint(said.text), undefined)
  for (const name of await readdir(folder, { recursive: true })) {
    const text = /\.ya?ml$/.test(name) ? await readFile(join(folder, name), 'utf8') : ''
    assert.equal(complaint(text), undefined, name)
  }
})

test('files of others are shown where they are wrong, and not obeyed [G6]', async () => {
  const file = join(home, 'theirs\u009b2J.yaml')
  // With what no text may hold the file is not even parsed, so the rest of it goes once more without.
  for (const [words, exit] of [
    [spell, 2],
    [withoutControls(spell), 1],
  ] as const) {
    await writeFile(file, `a: [${words}]: # ${words}\n ${words}: "${words}\n`)
    for (const how of [[], ['--json']]) {
      const said = await run(['diff', file, ...how], { columns: 80 })
      assert.equal(said.exit, exit, said.text)
      assert.equal(complaint(said.text), undefined)
    }
  }
})

function withoutControls(text: string): string {
  return text.replace(/\p{Cc}/gu, (sign) => (sign > '\u007f' ? sign : ''))
}

test('words of one’s own command line are cleaned as well, where scripts pass on those of others', async () => {
  const evil = '\u001b]0;title\u0007\u009b2J\u202e'
  for (const args of [
    [evil],
    ['apps', evil],
    ['apps', 'show', evil],
    ['apps', 'list', `--${evil}`],
    ['connectors', 'token', '--minutes', evil],
    ['explain', evil],
    ['diff', evil],
    ['import', 'entra', evil],
    ['apps', 'list', '--server', evil],
    ['apps', 'list', '--context', evil],
    ['errors', 'show', evil],
    ['sign-in', '--server', evil],
    ['api', 'GET', evil],
    ['api', evil, '/users'],
  ]) {
    for (const more of [[], ['--json']]) {
      const { text } = await run([...args, ...more], { columns: 80 })
      assert.equal(complaint(text), undefined, JSON.stringify(args))
    }
  }
})
