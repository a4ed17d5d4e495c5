import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownPath } from './client.ts'
import { ApiProblem, problemAt, problemsElsewhere } from './problem.ts'

const refused = new ApiProblem(400, {
  error: {
    code: 'Request_BadRequest',
    message: 'two things',
    details: [
      { code: 'no-url', message: 'is no absolute URL', target: 'onPremisesPublishing/internalUrl' },
      { code: 'taken', message: 'is taken', target: 'onPremisesPublishing/segments/1/internalUrl' },
    ],
    innerError: {
      'request-id': '01J',
      code: 'finer',
      helpUrl: 'https://login.contoso.com/.sallyport/docs/errors/no-url',
    },
  },
})

test('a refusal of the API is mapped to the fields of a form by target path [G4] [G5]', () => {
  assert.equal(problemAt(refused, 'internalUrl'), 'is no absolute URL')
  assert.equal(problemAt(refused, '1/internalUrl'), 'is taken')
  assert.equal(problemAt(refused, 'externalUrl'), undefined)
  assert.equal(problemAt(new Error('other'), 'internalUrl'), undefined)
  assert.equal(refused.requestId, '01J')
  assert.equal(refused.innerCode, 'finer')
  assert.match(refused.helpUrl ?? '', /errors\/no-url$/)
  const tricky = { error: { innerError: { helpUrl: 'javascript:alert(1)' } } }
  assert.equal(new ApiProblem(400, tricky).helpUrl, undefined)
})

test('what belongs to no field that is shown is not swallowed [G5]', () => {
  const elsewhere = problemsElsewhere(refused, ['1/internalUrl']).map(({ code }) => code)
  assert.deepEqual(elsewhere, ['no-url'])
  assert.deepEqual(problemsElsewhere(refused, ['internalUrl']), [])
})

test('an answer that is no error envelope still says something', () => {
  assert.match(new ApiProblem(502, '<html>').message, /502/)
  assert.match(new ApiProblem(0, undefined).message, /does not answer/)
})

const links = [
  [undefined, undefined],
  ['https://graph.contoso.com:8443/beta/users?$skip=100', '/users?$skip=100'],
  [
    'https://portal.contoso.com/api/beta/users?$skiptoken=a%2Fbeta%2F',
    '/users?$skiptoken=a%2Fbeta%2F',
  ],
  ['https://graph.contoso.com/v1.0/groups/1/members?$skip=1', '/groups/1/members?$skip=1'],
] as const
for (const [link, own] of links) {
  test(`the portal follows the next link ${link} at its own host`, () => {
    assert.equal(ownPath(link), own)
  })
}
