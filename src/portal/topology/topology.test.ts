import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Application, Certificate, Connector, Segment } from '../api/types.ts'
import { covers } from '../certificates/certificates.ts'
import { arrange } from './arrange.ts'
import { matching } from './filter.ts'
import { layOut } from './layout.ts'
import type { TopologySearch } from './search.ts'
import { buildTopology, onlyWays, type Topology, type TopologyFacts } from './topology.ts'
import { groupText } from './words.ts'

const now = Date.parse('2026-11-22')

function connector(id: string, part: Partial<Connector> = {}): Connector {
  return { id, machineName: id, status: 'active', isDrained: false, ...part } as Connector
}

type Reached = readonly (readonly [string, boolean, string | null])[]

function segmentsOf(count: number): readonly Segment[] {
  return Array.from({ length: count }, (_, i) => {
    return {
      id: `${i}`,
      externalUrl: `https://s${i}.a.test/`,
      internalUrl: `http://in${i % 12}/${i}`,
    }
  })
}

function application(id: string, applicationSegments: readonly Segment[]): Application {
  return {
    id,
    displayName: id.toUpperCase(),
    onPremisesPublishing: { segmentsConfiguration: { applicationSegments } },
  } as Application
}

/** One application with one address, and which connectors reach it. */
function facts(reached: Reached): Partial<TopologyFacts> {
  const urls = { externalUrl: 'https://a.test/', internalUrl: 'http://inside/' }
  const connectors = reached.map(([id, isReached, reason]) => {
    return { id, machineName: id, isReached, reason }
  })
  return {
    applications: [application('a', [{ id: 's', ...urls }])],
    health: [{ applicationId: 'a', ...urls, status: 'unknown', connectors }],
  }
}

function topologyOf(part: Partial<TopologyFacts>): Topology {
  const nothing = { applications: [], connectors: [], certificates: [], health: [], refusals: [] }
  return buildTopology({ ...nothing, now, ...part }, covers)
}

function build(part: Partial<TopologyFacts>) {
  const topology = topologyOf(part)
  const { edges } = arrange(topology, new Map())
  return {
    problems: topology.nodes.flatMap(({ label, problems }) =>
      problems.map((each) => `${label}: ${each}`),
    ),
    broken: edges.filter(({ isBroken }) => isBroken).map(({ from, to }) => `${from} → ${to}`),
  }
}

const expired = { dnsNames: ['*.test'], expiryDate: '2026-11-21' } as unknown as Certificate

const refusals = [
  { applicationId: 'a', segmentId: 's', reason: 'no-rule', count: 3, offeredChange: {} },
  { applicationId: 'a', segmentId: 's', reason: 'no-rule', count: 9, offeredChange: null },
  { applicationId: 'b', segmentId: 's', reason: 'no-rule', count: 7, offeredChange: {} },
] as unknown as TopologyFacts['refusals']

const cases: readonly (readonly [string, Partial<TopologyFacts>, ReturnType<typeof build>])[] = [
  [
    'what is well',
    { ...facts([['c', true, null]]), connectors: [connector('c')] },
    { problems: [], broken: [] },
  ],
  [
    'a connector that is gone',
    {
      ...facts([['c', true, null]]),
      connectors: [connector('c', { status: 'inactive' })],
    },
    {
      problems: ['c: It is not connected.'],
      broken: ['host https://a.test/ → connector c', 'connector c → internal http://inside/'],
    },
  ],
  [
    'an application that refuses connections',
    {
      ...facts([['c', false, 'backend-timeout']]),
      connectors: [connector('c')],
    },
    {
      problems: ['http://inside: backend-timeout from c: the application does not answer in time.'],
      broken: ['connector c → internal http://inside/'],
    },
  ],
  [
    'an application that no connector serves',
    facts([]),
    {
      problems: ['http://inside: No connector serves it.'],
      broken: ['host https://a.test/ → internal http://inside/'],
    },
  ],
  [
    'a certificate that has expired, and a segment without a rule that is called',
    {
      ...facts([['c', true, null]]),
      refusals,
      connectors: [connector('c')],
      certificates: [expired],
    },
    {
      problems: [
        'a.test: Its certificate has expired.',
        'a.test: It has no CORS rule, and pages of other origins called it: 3.',
      ],
      broken: [],
    },
  ],
]
for (const [what, given, expected] of cases) {
  test(`the picture shows ${what} in its place [G5] [K4]`, () => {
    assert.deepEqual(build(given), expected)
  })
}

const twoHundred: Partial<TopologyFacts> = {
  applications: [application('a', segmentsOf(200))],
  connectors: [connector('c'), connector('d')],
}

test('two hundred segments are groups by application and by internal host; opened, none stands upon another [G5]', () => {
  const topology = topologyOf(twoHundred)
  const closed = arrange(topology, new Map())
  const groups = closed.items.filter(({ kind }) => kind === 'group')
  assert.equal(groups.length, 13)
  assert.equal(closed.items.length, 16)
  // People to the application, which no connector serves as far as anybody knows.
  assert.equal(closed.edges.length, 13)
  const all = closed.items.flatMap((item) => (item.kind === 'group' ? [item.group.id] : []))
  const open = arrange(topology, new Map(all.map((id) => [id, 'open'])))
  const { boxes, height } = layOut(open.items)
  assert.equal(boxes.length, 416)
  assert.equal(new Set(boxes.map(({ x, y }) => `${x} ${y}`)).size, 416)
  assert.ok(boxes.every(({ y }) => y >= 0 && y < height))
})

test('of a large picture only what is broken is open at first, and its group says how much of it there is [G5]', () => {
  const health = segmentsOf(200).map(({ externalUrl, internalUrl }, i) => {
    const reach = { id: 'c', machineName: 'c', isReached: i !== 30, reason: null }
    const urls = { applicationId: 'a', externalUrl, internalUrl }
    return { ...urls, status: 'unknown', connectors: [reach] } as const
  })
  const { items, edges } = arrange(topologyOf({ ...twoHundred, health }), new Map())
  const shown = items.flatMap((item) => (item.kind === 'node' && item.isInGroup ? [item] : []))
  assert.deepEqual(
    shown.map(({ node }) => node.label),
    ['http://in6/30'],
  )
  const broken = items.flatMap((item) =>
    item.kind === 'group' && item.brokenCount > 0 ? [[item.group.label, groupText(item)]] : [],
  )
  assert.deepEqual(broken, [['in6', '17 addresses, 1 broken']])
  // The others of that host are well, and so is the line to them.
  assert.deepEqual(
    edges.filter(({ isBroken }) => isBroken).map(({ to }) => to),
    ['internal http://in6/30'],
  )
})

test('a filter leaves the ways that have what is looked for, from end to end [G5]', () => {
  const topology = topologyOf(twoHundred)
  const labels = (search: TopologySearch) =>
    onlyWays(topology, matching(search)).nodes.map(({ label }) => label)
  assert.deepEqual(labels({ q: 'S17.A' }), ['People', 's17.a.test', 'http://in5/17'])
  assert.equal(labels({ q: 'in11' }).length, 33)
  assert.deepEqual(labels({ state: 'broken' }), [])
  assert.deepEqual(labels({ application: 'b' }), [])
})
