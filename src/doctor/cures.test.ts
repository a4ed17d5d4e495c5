import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CorsRuleInput } from '../cors/rule.ts'
import { sampleApplication } from '../publishing/sample.ts'
import { applyChange, type Change } from './change.ts'
import { examine } from './examine.ts'
import type { Option } from './option.ts'
import type { DoctorParts, PageCall } from './page-call.ts'
import { sampleCall, sampleParts } from './sample.ts'

// Configurations and calls at random; every option that is offered is applied, and the call examined again.

const origins = [
  ...['https://a.contoso.net', 'https://b.contoso.net', 'https://c.contoso.net'],
  ...['https://one.contoso.com', 'https://two.contoso.com', 'https://other.example'],
]
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'delete', 'BREW']

const rules: fc.Arbitrary<readonly CorsRuleInput[]> = fc.array(
  fc.record({
    resource: fc.constantFrom('/', '/api', '/api/deep'),
    allowedOrigins: fc.subarray([...origins, 'https://*.contoso.net', '*'], { maxLength: 3 }),
    allowedMethods: fc.subarray(['PUT', 'PATCH', '*']),
    allowedHeaders: fc.subarray(['x-a', 'x-ms-*', '*']),
    allowCredentials: fc.boolean(),
    mode: fc.constantFrom('enforce', 'enforce', 'dryRun'),
  }),
  { maxLength: 3 },
)
const numbered = (list: readonly CorsRuleInput[]) =>
  list.map((rule, i) => ({ ...rule, id: `rule-${i}` }))

const configurations = fc.record({
  segments: fc.array(rules, { minLength: 3, maxLength: 3 }),
  own: fc.array(rules, { minLength: 2, maxLength: 2 }),
  preAuthentication: fc.boolean(),
  maintenance: fc.constantFrom(false, false, false, true),
})
type Configuration = typeof configurations extends fc.Arbitrary<infer Value> ? Value : never

/** A complex application of three segments, and two regular ones on one web server. */
function build({ segments, own, preAuthentication, maintenance }: Configuration): DoctorParts {
  const complex = sampleApplication('complex', {
    externalUrl: 'https://*.contoso.net/',
    internalUrl: 'http://*.test/',
    maintenance,
    segments: ['a', 'b', 'c'].map((name, i) => ({
      id: name,
      externalUrl: `https://${name}.contoso.net/`,
      internalUrl: `http://${name}.test/`,
      corsRules: numbered(segments[i] ?? []),
    })),
  })
  const regular = ['one', 'two'].map((name, i) =>
    sampleApplication(name, {
      externalUrl: `https://${name}.contoso.com/`,
      internalUrl: `http://server.test/${name}/`,
      preAuthentication,
      corsRules: numbered(own[i] ?? []),
    }),
  )
  return sampleParts([complex, ...regular])
}

const calls: fc.Arbitrary<PageCall> = fc
  .record({
    page: fc.constantFrom(...origins),
    target: fc.constantFrom(...origins.slice(0, 5), 'https://d.contoso.net', 'http://a.test'),
    path: fc.constantFrom('/', '/api', '/api/deep/x', '/other'),
    method: fc.constantFrom(...methods),
    headers: fc.subarray(['X-A', 'X-Ms-B', 'X-Other']),
    credentials: fc.constantFrom('include', 'include', 'same-origin', 'omit'),
    mode: fc.constantFrom('cors', 'cors', 'cors', 'cors', 'webSocket'),
    visitor: fc.constantFrom(
      { kind: 'anybody' },
      { kind: 'expired' },
      {
        ...{ kind: 'person', id: 'bob', userPrincipalName: 'bob@contoso.net' },
        ...{ multiFactor: true, authenticatedAt: 0 },
      },
    ),
    answer: fc.option(fc.subarray(['*', 'https://one.contoso.com', 'http://a.test']), {
      nil: undefined,
    }),
  } as const)
  .map(({ page, target, path, headers, answer, method, mode, ...rest }) =>
    sampleCall({
      ...rest,
      mode,
      method: mode === 'webSocket' ? 'GET' : method,
      pageUrl: `${page}/page`,
      targetUrl: `${target}${path}`,
      headers: mode === 'webSocket' ? [] : headers.flatMap((name) => [name, '1']),
      backend: answer && {
        status: 200,
        headers: answer.flatMap((value) => ['Access-Control-Allow-Origin', value]),
      },
    }),
  )

const numRuns = Number(process.env['SALLYPORT_RUNS'] ?? 250)

interface Offered {
  readonly parts: DoctorParts
  readonly call: PageCall
  readonly option: Option & { readonly change: Change }
}

/** Calls `check` for every change that is offered at random; how many there were. */
function forEachOffer(check: (offered: Offered) => void): number {
  let count = 0
  const property = fc.property(configurations, calls, (configuration, call) => {
    const parts = build(configuration)
    for (const { options } of examine(parts, call).findings) {
      for (const option of options) {
        if (!option.change) continue
        count += 1
        check({ parts, call, option: { ...option, change: option.change } })
      }
    }
  })
  fc.assert(property, { numRuns, seed: 7 })
  return count
}

test('a change that is offered can be made, and what it was offered for is then gone [D2]', () => {
  const offers = forEachOffer(({ parts, call, option }) => {
    const before = examine(parts, call).findings.filter(({ severity }) => severity !== 'info')
    const changed = applyChange(parts, option.change)
    assert.ok(changed)
    // Whether a longer session would have lasted, no configuration tells.
    if (option.id === 'session-lifetime') return
    const after = examine(changed, { ...call, ...option.retry })
    const left = after.findings.filter(({ severity }) => severity !== 'info')
    const known = new Set(before.map(({ id }) => id))
    assert.ok(left.every(({ id }) => known.has(id)) && left.length < before.length)
    if (before.length === 1) assert.equal(after.verdict, 'allowed')
  })
  assert.ok(offers > numRuns / 4, `${offers}`)
})

/** What a CORS rule offered here gives to pages. */
function rulesIn(change: Change): readonly CorsRuleInput[] {
  if (change.kind === 'add-rule') return [change.rule]
  if (change.kind === 'edit-rule') return [change.set]
  if (change.kind !== 'edit-segment' && change.kind !== 'edit-publishing') return []
  return change.set.corsRules ?? []
}

test('a rule that is offered names the origin, the method and the headers, and lets no other page in [D2] [D3]', () => {
  const offers = forEachOffer(({ parts, call, option }) => {
    if (option.id !== 'cors-rule') return
    const { method } = call
    for (const rule of rulesIn(option.change)) {
      if (option.change.kind !== 'edit-rule') {
        const written = JSON.stringify([
          rule.allowedOrigins,
          rule.allowedMethods,
          rule.allowedHeaders,
        ])
        assert.doesNotMatch(written, /\*/)
      }
      assert.ok(!rule.allowedOrigins?.includes('*'))
    }
    const changed = applyChange(parts, option.change)
    assert.ok(changed)
    for (const other of [...origins, 'https://stranger.example']) {
      const pageUrl = `${other}/`
      if (call.pageUrl.startsWith(other)) continue
      const asked = { ...call, pageUrl, method, visitor: { kind: 'anybody' } } as const
      const isAllowed = (at: DoctorParts) => examine(at, asked).verdict === 'allowed'
      assert.ok(!isAllowed(changed) || isAllowed(parts), other)
    }
  })
  assert.ok(offers > 0)
})
