import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Application, Certificate, Connector, LiveRequest } from '../api/types.ts'
import type { Status } from '../applications/search.ts'
import { type Facts, findConcerns } from './attention.ts'

const now = Date.parse('2026-11-22T00:00:00Z')
const nothing: Facts = { applications: [], connectors: [], certificates: [], refused: [], now }

function connector(machineName: string, status: Connector['status'], isDrained = false): Connector {
  return { id: machineName, machineName, status, isDrained } as Connector
}

function listed(displayName: string, status: Status) {
  return { application: { id: 'a', displayName } as Application, status }
}

function refusal(origin: string): LiveRequest {
  return {
    id: `r-${origin}`,
    origin,
    url: 'https://b.test/',
    applicationDisplayName: 'B',
  } as LiveRequest
}

const cases: readonly (readonly [string, Partial<Facts>, readonly string[]])[] = [
  ['an empty edge', {}, []],
  [
    'what is well',
    { connectors: [connector('c', 'active')], applications: [listed('A', 'healthy')] },
    [],
  ],
  [
    'one of two connectors that is gone',
    { connectors: [connector('c', 'inactive'), connector('d', 'active')] },
    ['warning: The connector c is not connected'],
  ],
  [
    'a connector that was taken out of service',
    { connectors: [connector('c', 'inactive', true)] },
    [],
  ],
  [
    'the worst first',
    {
      connectors: [connector('c', 'inactive'), connector('d', 'active')],
      applications: [listed('A', 'unreachable')],
    },
    ['error: A is not reachable', 'warning: The connector c is not connected'],
  ],
  [
    'kinds of refused calls, each once',
    { refused: ['https://a.test', 'https://c.test', 'https://a.test'].map(refusal) },
    ['warning: Calls to B are refused', 'warning: Calls to B are refused'],
  ],
  [
    'certificates by the days they have left',
    {
      certificates: ['2026-11-21', '2026-12-01', '2027-06-01'].map((day): Certificate => {
        const times = { issueDate: '2026-11-01T00:00:00Z', expiryDate: `${day}T00:00:00Z` }
        const names = { subjectName: day, issuerName: 'Contoso', dnsNames: [] }
        return { thumbprint: day, source: 'upload', ...names, ...times }
      }),
    },
    [
      'error: The certificate 2026-11-21 has expired',
      'warning: The certificate 2026-12-01 expires soon',
    ],
  ],
]
for (const [what, facts, expected] of cases) {
  test(`Home draws attention to ${what} [G5]`, () => {
    const concerns = findConcerns({ ...nothing, ...facts })
    assert.deepEqual(
      concerns.map(({ severity, title }) => `${severity}: ${title}`),
      expected,
    )
  })
}
