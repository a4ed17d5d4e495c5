import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cureOf, type RefusedRequest } from './cure.ts'

const put = {
  method: 'PUT',
  url: 'https://api.contoso.com/orders?x=1',
  origin: 'https://a.example',
}

const cases: readonly (readonly [
  Partial<RefusedRequest> & { code: string },
  string | undefined,
])[] = [
  [
    { code: 'cors-no-rule' },
    'sallyport cors allow api.contoso.com --origin https://a.example --method PUT',
  ],
  [
    { code: 'cors-origin-not-allowed', method: 'GET' },
    'sallyport cors allow api.contoso.com --origin https://a.example',
  ],
  [
    { code: 'cors-header-not-allowed', headers: ['x-a', 'x-b'] },
    'sallyport cors allow api.contoso.com --origin https://a.example --header x-a,x-b',
  ],
  [{ code: 'cors-no-rule', origin: undefined }, undefined],
  [
    { code: 'not-assigned', applicationName: "Ann's wiki", userName: 'bob@contoso.com' },
    `sallyport assignments create --app 'Ann'\\''s wiki' --to bob@contoso.com`,
  ],
  [{ code: 'maintenance', applicationName: 'Wiki' }, 'sallyport apps maintenance Wiki off'],
  [
    { code: 'backend-timeout', applicationName: 'Wiki' },
    'sallyport apps update Wiki --timeout long',
  ],
  [{ code: 'signed-out' }, undefined],
  [
    { code: 'cors-no-rule', origin: "https://a.example'; rm -rf ~" },
    `sallyport cors allow api.contoso.com --origin 'https://a.example'\\''; rm -rf ~' --method PUT`,
  ],
]
for (const [change, command] of cases) {
  test(`the cure of ${change.code} is ${command ?? 'none'} [D1] [G6]`, () => {
    assert.equal(cureOf({ ...put, ...change }), command)
  })
}
