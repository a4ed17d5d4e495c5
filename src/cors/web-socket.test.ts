import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileCors } from './decide.ts'
import { actual, home, rule, scope } from './sample.ts'
import { foreignSocketOrigin } from './web-socket.ts'

const foreign = (allowCredentials: boolean, origin: string | undefined) => {
  const policy = compileCors([rule({ allowedOrigins: [home], allowCredentials })], scope)
  return foreignSocketOrigin(policy, { ...actual, origin }, ['https://own.contoso.net'])
}

const cases = [
  ['the application itself', true, 'https://own.contoso.net', undefined],
  ['an origin that a rule allows', true, home, undefined],
  ['an origin that a rule allows without its cookies', false, home, home],
  ['a stranger', true, 'https://evil.example', 'https://evil.example'],
  ['a client that is no browser', true, undefined, undefined],
] as const
for (const [what, credentials, origin, expected] of cases) {
  test(`a WebSocket of ${what} is ${expected ? 'refused' : 'let through'} [C5] [C7]`, () => {
    assert.equal(foreign(credentials, origin), expected)
  })
}
