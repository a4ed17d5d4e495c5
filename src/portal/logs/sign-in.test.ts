import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SignInSearch } from './search.ts'
import { signInQuery } from './sign-in.ts'

const id = '11111111-2222-4333-8444-555555555555'
const cases: readonly (readonly [SignInSearch, string | null])[] = [
  [{}, null],
  [{ user: id }, `userId eq '${id}'`],
  [{ user: "o'n" }, "startswith(userPrincipalName,'o''n')"],
  [{ result: 'failure', app: 'a' }, "appId eq 'a' and status/errorCode ne 0"],
  [{ kind: 'servicePrincipal' }, "signInEventTypes/any(t:t eq 'servicePrincipal')"],
  [{ ip: '10.', entry: 'x' }, "startswith(ipAddress,'10.')"],
]
for (const [search, filter] of cases) {
  test(`the filters ${JSON.stringify(search)} ask for ${filter ?? 'everything'}`, () => {
    const query = new URL(signInQuery(search, 50, 0), 'https://x').searchParams
    assert.equal(query.get('$filter'), filter)
  })
}
