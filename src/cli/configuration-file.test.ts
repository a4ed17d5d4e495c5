import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/folder.ts'
import { readConfigurationFiles } from './configuration-file.ts'
import { Failure } from './failure.ts'
import { joinDocuments } from './joined-document.ts'
import { readInputFile } from './parameter.ts'

/** What is said of a file with these bytes: its problems with their places, or why it is not read; `''` where all is well. */
async function complaintOf(bytes: string | Uint8Array): Promise<string> {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'x.yaml')
  await writeFile(file, bytes)
  return complaintAbout(file).replaceAll(`${folder.path}/`, '')
}

function complaintAbout(file: string): string {
  try {
    const { problems } = joinDocuments(readConfigurationFiles([file]))
    return problems
      .map(
        ({ place, code, message }) =>
          `${place?.file}:${place?.line}:${place?.column} ${code} ${message}`,
      )
      .join('\n')
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown.message
    throw thrown
  }
}

const levels = Array.from({ length: 12 }, (_, at) => String.fromCharCode(98 + at))
const folded = (of: (before: string) => string): string =>
  levels.map((name, at) => `${name}: &${name} ${of(`*${levels[at - 1] ?? 'a'}`)}\n`).join('')

const cases: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
  [
    'aliases of aliases',
    `a: &a [x]\n${folded((name) => `[${Array(9).fill(name)}]`)}`,
    /^x\.yaml:1:1 yaml-too-much /,
  ],
  [
    'merged aliases',
    `a: &a {k: v}\n${folded((name) => `{<<: ${name}, x: ${name}, y: ${name}}`)}`,
    /yaml-too-much/,
  ],
  [
    'few aliases of much',
    `a: &a ["${'x'.repeat(100_000)}"]\nb: [${Array(900).fill('*a')}]\n`,
    /yaml-too-much/,
  ],
  ['what is in itself', 'groups: &a\n  - users: *a\n', /^x\.yaml:1:1 yaml-too-much /],
  [
    'brackets without an end',
    `a: ${'['.repeat(100_000)}`,
    /^x\.yaml:1:\d+ yaml-resource-exhaustion it is nested too deeply$/,
  ],
  ['JSON without an end', '{"a":'.repeat(20_000), /nested too deeply$/],
  [
    'names in names',
    Array.from({ length: 1500 }, (_, at) => `${' '.repeat(at)}a:\n`).join(''),
    /nested too deeply|yaml-too-much/,
  ],
  ['deeper than any configuration', `a: ${'['.repeat(60)}${']'.repeat(60)}`, /yaml-too-much/],
  ['a name twice', 'groups: []\nusers: []\ngroups: []\n', /^x\.yaml:3:1 yaml-duplicate-key /],
  [
    'an alias of nothing',
    'groups: []\nusers: *nope\n',
    /^x\.yaml:2:8 yaml-syntax nothing is called &nope before it$/,
  ],
  [
    'a name that is a list',
    'groups:\n  - {[a]: b}\n',
    /^x\.yaml:2:6 yaml-syntax this can be no name$/,
  ],
  ['a name that programs trip over', '__proto__: {a: 1}\n', /^x\.yaml:1:1 yaml-syntax /],
  [
    'two documents',
    'groups: []\n---\ngroups: []\n',
    /^x\.yaml:2:1 yaml-multiple-docs a file holds one document/,
  ],
  [
    'Latin-1',
    Buffer.from('groups:\n  - displayName: Müller\n', 'latin1'),
    /^x\.yaml:2:19 is no UTF-8/,
  ],
  [
    'a broken character at the end',
    Buffer.from([0x61, 0x0a, 0xe2, 0x82]),
    /^x\.yaml:2:1 is no UTF-8/,
  ],
  ['a byte 0', 'groups:\n  - "a\0"\n', /^x\.yaml:2:7 is no text: .* U\+0000/],
  ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), /^x\.yaml:1:1 is no UTF-8/],
  ['a mark of UTF-8', '\ufeffgroups: []\n', /^$/],
  ['UTF-16 of Windows', Buffer.from('\ufeffgroups: []\r\n', 'utf16le'), /^$/],
  ['half of UTF-16', Buffer.from([0xff, 0xfe, 0x00]), /^x\.yaml begins as utf-16le and is none/],
  ['ends of lines of Windows', 'groups: []\r\nusers: *x\r\n', /^x\.yaml:2:8 /],
  ['a sign that stands for a broken one', 'groups: [] # \ufffd\n', /^$/],
  ['nothing', '', /^$/],
]
for (const [what, bytes, said] of cases) {
  test(`a configuration file with ${what} is ${said.test('') ? 'read' : 'told with its place'} [G6]`, async () => {
    assert.match(await complaintOf(bytes), said)
  })
}

test('what is no file, or too large for one, is told, and no more of it is read than could be used', async () => {
  await using folder = await temporaryFolder()
  const at = (name: string): string => join(folder.path, name)
  await symlink(at('loop'), at('loop'))
  await mkdir(at('folder'))
  await writeFile(at('sparse'), '')
  await truncate(at('sparse'), 1024 ** 3)
  assert.match(complaintAbout(at('nothing')), /nothing is not there\.$/)
  assert.match(complaintAbout(at('loop')), /is a link that leads to itself\.$/)
  assert.match(complaintAbout(at('sparse')), /sparse is larger than 16 MiB\.$/)
  assert.match(complaintAbout('/dev/zero'), /\/dev\/zero is larger than 16 MiB\.$/)
  assert.throws(() => readInputFile(at('folder')), /folder is a folder\./)
  // As <(…) of a shell is one.
  const program = `
    import { readInputFile } from ${JSON.stringify(new URL('parameter.ts', import.meta.url).href)}
    process.stdout.write(readInputFile(process.argv[1]))`
  const script =
    'mkfifo "$2/pipe"; echo said >"$2/pipe" & "$1" --input-type=module -e "$3" "$2/pipe"'
  const said = execFileSync('sh', ['-c', script, 'sh', process.execPath, folder.path, program])
  assert.equal(said.toString(), 'said\n')
})
