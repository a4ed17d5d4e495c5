import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readMessage } from './read-message.ts'

const page = 'https://shop.contoso.com/'
const target = 'https://stock.contoso.com/api/values'
const messages = [
  [
    'Chromium, no rule',
    "Access to fetch at 'https://stock.contoso.com/api/values' from origin 'https://shop.contoso.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    { page, target },
  ],
  [
    'Chromium, XMLHttpRequest after a redirect',
    "Access to XMLHttpRequest at 'https://login.contoso.com/' (redirected from 'https://stock.contoso.com/api/values') from origin 'https://shop.contoso.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    { page, target },
  ],
  [
    'Chromium, preflight',
    "Access to fetch at 'https://stock.contoso.com/api/values' from origin 'https://shop.contoso.com' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    { page, target, method: 'POST', type: 'application/json' },
  ],
  [
    'Chromium, method',
    "Access to fetch at 'https://stock.contoso.com/api/values' from origin 'https://shop.contoso.com' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.",
    { page, target, method: 'PUT' },
  ],
  [
    'Chromium, header',
    "Access to fetch at 'https://stock.contoso.com/api/values' from origin 'https://shop.contoso.com' has been blocked by CORS policy: Request header field x-api-key is not allowed by Access-Control-Allow-Headers in preflight response.",
    { page, target, headers: 'x-api-key' },
  ],
  [
    'Chromium, content type',
    "Access to fetch at 'https://stock.contoso.com/api/values' from origin 'https://shop.contoso.com' has been blocked by CORS policy: Request header field content-type is not allowed by Access-Control-Allow-Headers in preflight response.",
    { page, target, type: 'application/json' },
  ],
  [
    'Firefox',
    'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://stock.contoso.com/api/values. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 403.',
    { target },
  ],
  [
    'Firefox, with the script behind it',
    'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://stock.contoso.com/api/values. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 403.\nhttps://shop.contoso.com/app.js:12:5',
    { page, target },
  ],
  [
    'Safari, both of its lines',
    'Origin https://shop.contoso.com is not allowed by Access-Control-Allow-Origin. Status code: 403\nFetch API cannot load https://stock.contoso.com/api/values due to access control checks.',
    { page, target },
  ],
  ['anything else', 'Uncaught TypeError: x is not a function', {}],
] as const
for (const [what, message, question] of messages) {
  test(`a console message is read: ${what} [D2]`, () => {
    assert.deepEqual(readMessage(message), question)
  })
}
