import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Application } from '../api/types.ts'
import { type Explanation, sightOf, urlToOpen } from './see-as.ts'

const passed: Explanation = {
  outcome: { kind: 'forwarded', status: null, code: null },
  steps: [
    { step: 'resolve', verdict: 'passed', reason: 'It is Wiki.' },
    { step: 'authenticate', verdict: 'passed', reason: 'Signed in.' },
    { step: 'assign', verdict: 'passed', reason: 'Assigned.' },
    { step: 'policy', verdict: 'passed', reason: 'No policy applies.' },
  ],
  explanation: 'It is forwarded.',
}

test('whoever enters is told why [D1]', () => {
  assert.deepEqual(sightOf(passed), {
    verdict: 'enters',
    reasons: ['Assigned.', 'No policy applies.'],
  })
})

test('whoever is refused is told by what [D1]', () => {
  const outcome = { kind: 'answered' as const, status: 403, code: 'not-assigned' }
  const refusal = { step: 'assign', verdict: 'refused' as const, reason: 'Not assigned.' }
  const sight = sightOf({ ...passed, outcome, steps: [...passed.steps.slice(0, 2), refusal] })
  assert.deepEqual(sight, { verdict: 'refused', reasons: ['Not assigned.'] })
})

test('without a deciding step the explanation itself is the reason', () => {
  const outcome = { kind: 'signIn' as const, status: 302, code: null }
  const sight = sightOf({ ...passed, outcome, steps: [] })
  assert.deepEqual(sight, { verdict: 'stepUp', reasons: ['It is forwarded.'] })
})

test('a wildcard application is looked at by some host of it', () => {
  const onPremisesPublishing = { externalUrl: 'https://*.a.test/', segmentsConfiguration: null }
  const application = { web: { homePageUrl: null }, onPremisesPublishing } as Application
  assert.equal(urlToOpen(application), 'https://www.a.test/')
})
