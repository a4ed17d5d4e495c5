import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { writeReference } from '../../test/command-reference.ts'
import { keepingSurroundings, runCommandLine } from '../../test/terminal.ts'
import { namedNouns } from '../cli/completion-names.ts'
import { roles } from '../cli/entra-conditions.ts'
import type { Entry } from '../cli/entry.ts'
import { describeProgram } from '../cli/program.ts'
import { directoryRoles } from '../identity/roles.ts'
import { programOptions } from './command-line.ts'

const entries = await describeProgram(
  programOptions(keepingSurroundings({ stdout: '', stderr: '', text: '' })),
)
const commands = entries.filter(({ verbs, isProcess }) => verbs.length === 0 && !isProcess)

/** The words of an example, as a shell would read them. */
function wordsOf(line: string): string[] {
  const words = line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)
  return [...words].map(([word]) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'))
}

/** What is wrong with a command line for this command; nothing if it would be taken. */
function problemsOf(entry: Entry, line: string): string[] {
  // What a shell does with the output is not ours.
  const words = wordsOf(line.replace(/ > \S+$/, ''))
  const begins = entry.path.every((word, index) => words[index] === word)
  if (!begins) return [`${line} is no example of ${entry.path.join(' ')}`]
  const places: string[] = []
  const problems: string[] = []
  const given = new Set<string>()
  for (let index = entry.path.length; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '--') return problems
    if (!word.startsWith('-')) {
      places.push(word)
      continue
    }
    const option = entry.options.find(({ flags }) => flags.includes(word))
    if (!option) problems.push(`${line}: there is no ${word}`)
    if (option?.takesValue) index++
    given.add(option?.flags[0] ?? word)
  }
  const least = entry.takes.filter(({ required }) => required).length
  const most = entry.takes.some(({ repeated }) => repeated)
    ? Number.POSITIVE_INFINITY
    : entry.takes.length
  if (places.length < least || places.length > most)
    problems.push(`${line}: ${places.length} names`)
  for (const { required, flags } of entry.options) {
    if (required && !given.has(flags[0] ?? '')) problems.push(`${line}: ${flags[0]} is missing`)
  }
  return problems
}

test('every command says what it does, takes --json, --quiet and --debug, and has examples that it would take [G6]', () => {
  const problems = commands.flatMap((entry) => {
    const name = entry.path.join(' ')
    const flags = entry.options.flatMap((option) => option.flags)
    return [
      ...['--json', '--quiet', '-q', '--debug']
        .filter((flag) => !flags.includes(flag))
        .map((flag) => `${name} has no ${flag}`),
      ...(/^[a-z].{8,90}[^.]$/.test(entry.summary) ? [] : [`${name}: ${entry.summary}`]),
      ...entry.options.filter(({ text }) => text === '').map(({ written }) => `${name} ${written}`),
      ...(entry.examples.length > 0 ? [] : [`${name} has no example`]),
      ...entry.examples.flatMap((example) => problemsOf(entry, example)),
    ]
  })
  assert.deepEqual(problems, [])
  assert.ok(commands.length > 2)
})

test('docs/cli-reference.md is what the commands say of themselves', () => {
  const file = 'docs/cli-reference.md'
  if (process.env['SALLYPORT_WRITE_DOCS'] === '1') writeFileSync(file, writeReference(entries))
  const how = 'SALLYPORT_WRITE_DOCS=1 node --test src/run/command-line.test.ts writes it anew'
  assert.ok(readFileSync(file, 'utf8') === writeReference(entries), how)
})

test('no two options of a command have the same name, and nouns lead to verbs of different names', () => {
  for (const { path, options, verbs } of entries) {
    const flags = options.flatMap((option) => option.flags)
    assert.equal(new Set(flags).size, flags.length, path.join(' '))
    assert.equal(new Set(verbs).size, verbs.length, path.join(' '))
  }
})

test('every name that can be typed can be completed', () => {
  const asked = entries.flatMap(({ takes, options }) => [...takes, ...options])
  const nouns = asked.flatMap(({ completion }) => {
    return completion && typeof completion === 'object' && 'namesOf' in completion
      ? [completion.namesOf]
      : []
  })
  assert.deepEqual([...new Set(nouns)].toSorted(), namedNouns.toSorted())
})

test('commands that change something can be told why, and can be tried without changing it; those that take away ask [G4] [G6]', () => {
  for (const { path, options } of commands) {
    const flags = options.flatMap((option) => option.flags)
    assert.equal(flags.includes('--reason'), flags.includes('--dry-run'), path.join(' '))
    if (/^(?:delete|remove)$/.test(path.at(-1) ?? ''))
      assert.ok(flags.includes('--yes'), path.join(' '))
  }
})

test('the roles that a policy of Entra may bring along are those of the directory', () => {
  assert.deepEqual([...roles].toSorted(), directoryRoles.map(({ id }) => id).toSorted())
})

const mistyped: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['an unknown command', ['appps'], /unknown command 'appps'\n\(Did you mean apps\?\)/],
  ['an unknown verb', ['apps', 'lst'], /unknown command 'lst'\n\(Did you mean list\?\)/],
  [
    'an unknown option',
    ['apps', 'list', '--jsn'],
    /unknown option '--jsn'\n\(Did you mean --json\?\)/,
  ],
  ['a missing name', ['apps', 'show'], /missing required argument 'app'/],
  ['a noun alone', ['apps'], /Usage: sallyport apps/],
  [
    'no edge',
    ['apps', 'list'],
    /^✗ no-server {3}Which edge\?.*\n.*\n {2}Fix: {2}sallyport sign-in/,
  ],
  ['an address that is none', ['apps', 'list', '--server', 'https://'], /is no address of an edge/],
  ['an address in clear', ['apps', 'list', '--server', 'http://a.example'], /over https only/],
]
for (const [what, args, said] of mistyped) {
  test(`${what} is told with what would be right, and exit code 2`, async () => {
    const { exit, stdout, stderr } = await runCommandLine(args)
    assert.match(stderr, said)
    assert.equal(exit, 2)
    assert.equal(stdout, '')
  })

  test(`${what} is one JSON record with --json [G6]`, async () => {
    const { exit, stdout, stderr } = await runCommandLine([...args, '--json'])
    const { error, exitCode, fix } = JSON.parse(stderr)
    assert.match(stderr, /^[^\n]+\n$/)
    assert.match(error.code, /^(?:usage|no-server)$/)
    assert.match(error.message, /\w{4}/)
    assert.doesNotMatch(error.message, /^error:/)
    assert.match(String(fix ?? 'sallyport'), /^sallyport/)
    assert.deepEqual([exit, exitCode, stdout], [2, 2, ''])
  })
}

test('help of a verb is the same, whichever way it is asked for', async () => {
  const { stdout, exit } = await runCommandLine(['help', 'apps', 'create'])
  assert.match(stdout, /^Usage: sallyport apps create /)
  assert.deepEqual({ stdout, exit }, pick(await runCommandLine(['apps', 'create', '--help'])))
  assert.match((await runCommandLine(['help'])).stdout, /^Usage: sallyport \[options\]/)
})

function pick({ stdout, exit }: { readonly stdout: string; readonly exit: number }) {
  return { stdout, exit }
}

test('a word that is not known brings the one that was meant, for programs as well', async () => {
  const { stderr } = await runCommandLine(['apps', 'lst', '--json'])
  const { error, fix } = JSON.parse(stderr)
  assert.equal(error.message, "unknown command 'lst'")
  assert.deepEqual(error.details, [{ message: 'Did you mean list?' }])
  assert.equal(fix, 'sallyport apps --help')
})
