import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CorsRefusal, CorsRule, Publishing } from '../api/types.ts'
import { allowChange, grantOf, refuseChanges } from './cell-change.ts'
import { longText, marksOf, shortText } from './cell-words.ts'
import { buildMatrix, type Cell } from './matrix.ts'
import { allowsOrigin } from './origins.ts'

const shop = 'https://shop.test'
const other = 'https://other.test'
let made = 0

function rule(part: Partial<CorsRule>): CorsRule {
  const defaults = { resource: '/', allowedOrigins: [shop], allowedMethods: [], allowedHeaders: [] }
  return { id: `rule-${++made}`, ...defaults, ...part }
}

function publishing(rules: readonly CorsRule[], more: Partial<Publishing> = {}): Publishing {
  const segments = [
    { id: 's', externalUrl: `${shop}/`, internalUrl: '' },
    {
      id: 't',
      externalUrl: 'https://stock.test/',
      alternateUrl: 'https://alternate.test/',
      internalUrl: '',
      corsConfigurations: rules,
    },
  ]
  const configuration = { applicationSegments: segments }
  return {
    segmentsConfiguration: configuration,
    allowSiblingSegments: false,
    ...more,
  } as Publishing
}

function cellAt(
  { rules = [], more = {}, refusals = [] as readonly CorsRefusal[], seen = undefined as never },
  origin = shop,
  resource = '/',
): Cell {
  const matrix = buildMatrix(publishing(rules, more), refusals, seen)
  const row = matrix.callers.findIndex((caller) => caller.origin === origin)
  const column = matrix.targets.findIndex(
    (target) => target.segmentId === 't' && target.resource === resource,
  )
  const cell = matrix.rows[row]?.[column]
  assert.ok(cell, `${origin} ${resource}`)
  return cell
}

const cases: readonly (readonly [string, Cell, string])[] = [
  ['no rule', cellAt({}), 'no rule'],
  ['its own alternate address', cellAt({}, 'https://alternate.test'), 'its own'],
  ['the switch', cellAt({ more: { allowSiblingSegments: true } as never }), 'any method'],
  ['a rule', cellAt({ rules: [rule({ allowedMethods: ['PUT'] })] as never }), 'GET POST PUT'],
  ['any method', cellAt({ rules: [rule({ allowedMethods: ['*'] })] as never }), 'any method'],
  [
    'no cookies',
    cellAt({ rules: [rule({ allowCredentials: false })] as never }),
    'GET POST, no cookies',
  ],
  ['a rule for others', cellAt({ rules: [rule({ allowedOrigins: [other] })] as never }), 'refused'],
  [
    'two rules of one path, which add up',
    cellAt({
      rules: [rule({ allowedMethods: ['PUT'] }), rule({ allowedMethods: ['DELETE'] })] as never,
    }),
    'GET POST DELETE PUT',
  ],
  [
    'a longer path, which takes the place of a shorter one',
    cellAt(
      { rules: [rule({}), rule({ resource: '/api', allowedOrigins: [other] })] as never },
      shop,
      '/api',
    ),
    'refused',
  ],
  ['a rule in dry run', cellAt({ rules: [rule({ mode: 'dryRun' })] as never }), 'no rule'],
  [
    'a star',
    cellAt({ rules: [rule({ allowedOrigins: ['https://*.test'] })] as never }),
    'GET POST',
  ],
]
for (const [what, cell, text] of cases) {
  test(`the matrix says “${text}” for ${what} [G5] [C4] [C12]`, () => {
    assert.equal(shortText(cell), text)
    assert.ok(longText(cell).endsWith('.'))
  })
}

const refusal = { segmentId: 't', origin: other, method: 'PUT', reason: 'no-rule', count: 3 }

test('whoever was refused has a row, and the count stands where no rule covered the call [D3] [G5]', () => {
  const refusals = [{ ...refusal, ruleId: null, mode: 'enforce' } as CorsRefusal]
  const cell = cellAt({ refusals }, other)
  assert.deepEqual([cell.kind, cell.caller.kind, cell.refused], ['noRule', 'outside', 3])
  assert.deepEqual(marksOf(cell), ['3 refused'])
  const tried = rule({ mode: 'dryRun', allowedOrigins: [other] })
  assert.deepEqual(marksOf(cellAt({ rules: [tried] as never, refusals }, other)), [
    '3 refused',
    'dry run',
  ])
})

test('what is allowed and was not called lately is marked [G5]', () => {
  const rules = [rule({})] as never
  const call = { origin: shop, segmentId: 't' }
  assert.deepEqual(marksOf(cellAt({ rules, seen: [call] as never })), [])
  assert.deepEqual(marksOf(cellAt({ rules, seen: [{ ...call, code: 'x' }] as never })), [
    'not seen lately',
  ])
})

test('a cell is edited by the least rule: for one origin, with nothing that others share [G5]', () => {
  const missing = cellAt({})
  const grant = { ...grantOf(missing), methods: ['PUT'] }
  const made = allowChange('a', missing, grant)
  assert.equal(made.method, 'POST')
  assert.deepEqual(made.body, {
    resource: '/',
    allowedOrigins: [shop],
    allowedMethods: ['PUT'],
    allowedHeaders: [],
    allowCredentials: true,
    mode: 'enforce',
  })
  const own = cellAt({ rules: [rule({ id: 'own' })] as never })
  assert.equal(allowChange('a', own, grant).method, 'PATCH')
  assert.deepEqual(
    refuseChanges('a', own).map(({ method }) => method),
    ['DELETE'],
  )
  const shared = cellAt({ rules: [rule({ allowedOrigins: [shop, other] })] as never })
  assert.equal(allowChange('a', shared, grant).method, 'POST')
  assert.deepEqual(
    refuseChanges('a', shared).map(({ body }) => body),
    [{ allowedOrigins: [other] }],
  )
})

const origins = [
  ['https://a.test', 'https://a.test', true],
  ['https://a.test', 'https://a.test:8443', false],
  ['*', 'https://a.test', true],
  ['*', 'null', false],
  ['https://*.test', 'https://a.test', true],
  ['https://*.test', 'https://a.b.test', false],
  ['https://*.test', 'https://test', false],
] as const
for (const [entry, origin, allowed] of origins) {
  test(`${entry} ${allowed ? 'takes in' : 'leaves out'} ${origin} [C5]`, () => {
    assert.equal(allowsOrigin([entry], origin), allowed)
  })
}
