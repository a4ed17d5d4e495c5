import assert from 'node:assert/strict'
import { test } from 'node:test'
import { processorMsOf } from '../../test/processor-time.ts'
import { parseConfiguration } from './configuration-file.ts'
import { Failure } from './failure.ts'
import { joinDocuments } from './joined-document.ts'
import { writeProblem } from './problem.ts'

const people = parseConfiguration(
  'people.yaml',
  `groups:
  - displayName: Sales
    users:
      - ann@contoso.com
`,
)
const apps = parseConfiguration(
  'apps/wiki.yaml',
  `x-rule: &rule
  resource: /
  allowedMethods: [GET, PUTT]
groups:
  - &night
    displayName: Night shift
applications:
  - displayName: Wiki
    onPremisesPublishing: { externalUrl: "https://wiki.contoso.com/", isInMaintenance: maybe }
    corsConfigurations:
      - *rule
  - <<: *night
    connectorGroup: Berlin
`,
)
const joined = joinDocuments([people, apps])

test('parts of several files stand in one document, in the order of the files [G6]', () => {
  const { groups, applications } = joined.document as Record<string, { displayName: string }[]>
  assert.deepEqual(
    groups?.map(({ displayName }) => displayName),
    ['Sales', 'Night shift'],
  )
  assert.equal(applications?.[1]?.displayName, 'Night shift')
})

const places = [
  ['a value', 'groups/0/users/0', 'invalid-value', 'people.yaml', 4, 9],
  ['an item of a second file', 'groups/1/displayName', 'name', 'apps/wiki.yaml', 6, 18],
  [
    'a name',
    'applications/0/onPremisesPublishing/isInMaintenance',
    'unknown-property',
    'apps/wiki.yaml',
    9,
    71,
  ],
  [
    'its value',
    'applications/0/onPremisesPublishing/isInMaintenance',
    'invalid-type',
    'apps/wiki.yaml',
    9,
    88,
  ],
  [
    'what is behind an alias',
    'applications/0/corsConfigurations/0/allowedMethods/1',
    'invalid',
    'apps/wiki.yaml',
    3,
    25,
  ],
  ['what is merged in', 'applications/1/displayName', 'invalid', 'apps/wiki.yaml', 6, 18],
  [
    'what is missing',
    'applications/1/onPremisesPublishing/externalUrl',
    'required',
    'apps/wiki.yaml',
    12,
    5,
  ],
  ['a part', 'applications', 'invalid-type', 'apps/wiki.yaml', 7, 1],
] as const
for (const [what, path, code, file, line, column] of places) {
  test(`a problem with ${what} is told with file, line and column [G6]`, () => {
    const { place } = joined.locate({ code, message: 'is wrong', path })
    assert.deepEqual(
      { file: place?.file, line: place?.line, column: place?.column },
      { file, line, column },
    )
  })
}

const plain = (_: unknown, text: string): string => text

test('the line is shown with a caret below what is meant', () => {
  const problem = joined.locate({
    ...{ code: 'invalid-type', message: 'must be true or false', nearest: ['true'] },
    path: 'applications/0/onPremisesPublishing/isInMaintenance',
  })
  assert.deepEqual(writeProblem(problem, plain), [
    '✗ apps/wiki.yaml:9:88   invalid-type   must be true or false',
    '  9 │     onPremisesPublishing: { externalUrl: "https://wiki.contoso.com/", isInMaintenance: maybe }',
    `    │ ${' '.repeat(87)}^^^^^`,
    '  Did you mean true?',
  ])
})

test('a line from elsewhere moves no cursor, and tabs do not move the caret', () => {
  const file = parseConfiguration('evil.yaml', 'groups:\t"\u009b2Jx"\n')
  const [, line, caret] = writeProblem(
    joinDocuments([file]).locate({ code: 'invalid-type', message: '', path: 'groups' }),
    plain,
  )
  assert.ok(line !== undefined && !line.includes('\t') && !line.includes('\u009b'))
  assert.ok(line?.indexOf('"') === caret?.indexOf('^'), `${line}\n${caret}`)
})

test('aliases that unfold to millions are refused before they fill the memory', async () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
  for (let letter = 98; letter < 107; letter++) {
    const [name, before] = [String.fromCharCode(letter), String.fromCharCode(letter - 1)]
    bomb.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(', ')}]`)
  }
  const tookMs = await processorMsOf(() => {
    const { problems } = joinDocuments([parseConfiguration('bomb.yaml', bomb.join('\n'))])
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['yaml-too-much'],
    )
  })
  assert.ok(tookMs < 2_000, `${tookMs} ms`)
})

test('brackets without end are refused, not the end of the program', () => {
  for (const text of ['['.repeat(100_000), '['.repeat(20_000) + ']'.repeat(20_000)]) {
    try {
      assert.ok(joinDocuments([parseConfiguration('deep.yaml', text)]).problems.length > 0)
    } catch (thrown) {
      assert.ok(thrown instanceof Failure, String(thrown))
    }
  }
})

test('what is no YAML is told where it begins, once for each line', () => {
  const file = parseConfiguration(
    'worse.yaml',
    'groups:\n  - displayName: A\n  displayName: b\n   - x: [1\n',
  )
  const { problems } = joinDocuments([file])
  const lines = problems.map(({ place }) => place?.line)
  assert.equal(lines[0], 3)
  assert.equal(new Set(lines).size, lines.length)
  const twice = joinDocuments([parseConfiguration('twice.yaml', 'groups: []\ngroups: []\n')])
  assert.deepEqual(
    twice.problems.map(({ code, place }) => [code, place?.line]),
    [['yaml-duplicate-key', 2]],
  )
})
