import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Completions, completionsOf } from './completion.ts'
import type { Entry, OptionEntry, ValueEntry } from './entry.ts'

const value = (completion?: ValueEntry['completion'], repeated = false): ValueEntry => ({
  ...{ text: 'text', completion, repeated },
})
const option = (name: string, takesValue: boolean, facts = value()): OptionEntry => ({
  ...{ ...facts, flags: [name], written: name, takesValue, required: false, group: '' },
})
const entry = (path: readonly string[], facts: Partial<Entry>): Entry => ({
  ...{ path, summary: `does ${path.join(' ')}`, aliases: [], group: '', usage: '', takes: [] },
  ...{ options: [], examples: [], verbs: [], isProcess: false },
  ...facts,
})

const entries = [
  entry([], { verbs: ['apps', 'api'] }),
  entry(['apps'], { verbs: ['show', 'maintenance'], aliases: ['app'] }),
  entry(['apps', 'show'], {
    takes: [{ ...value({ namesOf: 'apps' }), name: 'app', required: true }],
    options: [option('--json', false), option('--ca', true, value('files'))],
  }),
  entry(['apps', 'maintenance'], {
    takes: [
      { ...value({ namesOf: 'apps' }), name: 'app', required: true },
      { ...value(['on', 'off']), name: 'state', required: true },
    ],
    options: [option('--method', true, value(['PUT', 'PATCH'], true))],
  }),
  entry(['api'], {}),
]

const cases: readonly (readonly [string, readonly string[], Partial<Completions> | string[]])[] = [
  ['nothing yet', [''], ['apps', 'api']],
  ['a noun begun', ['ap'], ['apps', 'api']],
  ['a verb begun', ['apps', 's'], ['show']],
  ['a verb of an alias', ['app', ''], ['show', 'maintenance']],
  ['a name', ['apps', 'show', ''], { namesOf: 'apps' }],
  ['an option', ['apps', 'show', '--j'], ['--json']],
  ['an option that was given', ['apps', 'show', '--json', '--'], ['--ca']],
  ['the value of an option', ['apps', 'show', '--ca', ''], { isFile: true }],
  ['the value after a sign of equality', ['apps', 'show', '--ca='], { isFile: true }],
  ['the second name', ['apps', 'maintenance', 'Wiki', 'o'], ['on', 'off']],
  [
    'after an option with its value',
    ['apps', 'maintenance', '--method', 'PUT', 'Wiki', ''],
    ['on', 'off'],
  ],
  ['words of a list', ['apps', 'maintenance', '--method', 'PUT,PA'], ['PUT,PATCH']],
  [
    'words of a list after =',
    ['apps', 'maintenance', '--method=P'],
    ['--method=PUT', '--method=PATCH'],
  ],
  ['a noun that is none', ['nonsense', ''], []],
  ['when all is said', ['apps', 'show', 'Wiki', ''], ['--json', '--ca']],
]
for (const [what, words, wanted] of cases) {
  test(`completion of ${what}`, () => {
    const { candidates, ...rest } = completionsOf(entries, words)
    if (Array.isArray(wanted)) {
      const values = candidates.map((candidate) => candidate.value)
      assert.deepEqual(values, wanted)
    } else {
      assert.deepEqual({ ...rest, ...wanted }, rest)
    }
  })
}
