import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Application, Certificate, Connector, Segment } from '../api/types.ts'
import { covers } from '../certificates/certificates.ts'
import { layOut } from './layout.ts'
import { type ApplicationFacts, buildTopology, type TopologyFacts } from './topology.ts'

const now = Date.parse('2026-11-22')

function connector(id: string, part: Partial<Connector> = {}): Connector {
  return { id, machineName: id, status: 'active', isDrained: false, ...part } as Connector
}

type Reached = readonly (readonly [string, boolean, string | null])[]

function facts(reached: Reached, more: Partial<ApplicationFacts> = {}): ApplicationFacts {
  const [externalUrl, internalUrl] = ['https://a.test/', 'http://inside/']
  const segments: readonly Segment[] = [{ id: 's', externalUrl, internalUrl }]
  const connectors = reached.map(([id, isReached, reason]) => {
    return { id, machineName: id, isReached, reason }
  })
  return {
    application: {
      id: 'app',
      displayName: 'A',
      onPremisesPublishing: { segmentsConfiguration: { applicationSegments: segments } },
    } as Application,
    health: [{ externalUrl, internalUrl, status: 'unknown', connectors }],
    refusals: [],
    ...more,
  }
}

function build(part: Partial<TopologyFacts>) {
  const all = { applications: [], connectors: [], certificates: [], now, ...part }
  const { nodes, edges } = buildTopology(all, covers)
  return {
    problems: nodes.flatMap(({ label, problems }) => problems.map((each) => `${label}: ${each}`)),
    broken: edges.filter(({ isBroken }) => isBroken).map(({ from, to }) => `${from} → ${to}`),
  }
}

const expired = { dnsNames: ['*.test'], expiryDate: '2026-11-21' } as unknown as Certificate
const refusals = [
  { segmentId: 's', reason: 'no-rule', count: 3, offeredChange: {} },
  { segmentId: 's', reason: 'no-rule', count: 9, offeredChange: null },
] as unknown as ApplicationFacts['refusals']

const cases: readonly (readonly [string, Partial<TopologyFacts>, ReturnType<typeof build>])[] = [
  [
    'what is well',
    { applications: [facts([['c', true, null]])], connectors: [connector('c')] },
    { problems: [], broken: [] },
  ],
  [
    'a connector that is gone',
    {
      applications: [facts([['c', true, null]])],
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
      applications: [facts([['c', false, 'backend-timeout']])],
      connectors: [connector('c')],
    },
    {
      problems: ['http://inside: backend-timeout from c: the application does not answer in time.'],
      broken: ['connector c → internal http://inside/'],
    },
  ],
  [
    'an application that no connector serves',
    { applications: [facts([])] },
    {
      problems: ['http://inside: No connector serves it.'],
      broken: ['host https://a.test/ → internal http://inside/'],
    },
  ],
  [
    'a certificate that has expired, and a segment without a rule that is called',
    {
      applications: [facts([['c', true, null]], { refusals })],
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

test('two hundred segments stand in the picture, none upon another [G5]', () => {
  const segments = Array.from({ length: 200 }, (_, i) => {
    return { id: `${i}`, externalUrl: `https://s${i}.test/`, internalUrl: `http://s${i}/` }
  })
  const application = {
    id: 'a',
    displayName: 'A',
    onPremisesPublishing: { segmentsConfiguration: { applicationSegments: segments } },
  } as unknown as Application
  const topology = buildTopology(
    {
      applications: [{ application, health: [], refusals: [] }],
      connectors: [connector('c'), connector('d')],
      certificates: [],
      now,
    },
    covers,
  )
  const { boxes, height } = layOut(topology)
  assert.equal(boxes.length, 403)
  assert.equal(new Set(boxes.map(({ x, y }) => `${x} ${y}`)).size, 403)
  assert.ok(boxes.every(({ y }) => y >= 0 && y < height))
})
