import assert from 'node:assert/strict'
import { test } from 'node:test'
import { processorMsOf } from '../../test/processor-time.ts'
import { readConsole } from './console-message.ts'

const url = 'https://api.contoso.net/orders?id=1'
const page = 'https://shop.contoso.net'
const chromium = (reason: string, how = 'fetch') =>
  `Access to ${how} at '${url}' from origin '${page}' has been blocked by CORS policy: ${reason}`
const firefox = (reason: string, status = ' Status code: 200.') =>
  `Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ${url}. (Reason: ${reason}).${status}`
const preflight = "Response to preflight request doesn't pass access control check: "

// Chromium's are read as they come from a real one in test/journeys/more/doctor-oracle.ts; here are the shapes of a line.
const messages = [
  [
    'a missing field',
    chromium("No 'Access-Control-Allow-Origin' header is present on the requested resource."),
    ['Chromium', 'MissingAllowOriginHeader', '', 'GET'],
  ],
  [
    'a preflight of XMLHttpRequest',
    chromium(`${preflight}It does not have HTTP ok status.`, 'XMLHttpRequest'),
    ['Chromium', 'PreflightInvalidStatus', '', 'POST'],
  ],
  [
    'the method below the reason',
    `${chromium(`${preflight}No 'Access-Control-Allow-Origin' header is present`)}\nPUT ${url} net::ERR_FAILED`,
    ['Chromium', 'PreflightMissingAllowOriginHeader', '', 'PUT'],
  ],
  [
    'a method in the reason',
    chromium('Method PATCH is not allowed by Access-Control-Allow-Methods in preflight response.'),
    ['Chromium', 'MethodDisallowedByPreflightResponse', 'PATCH', 'PATCH'],
  ],
  [
    'a reason of a Chromium to come',
    chromium('The moon is full.'),
    ['Chromium', undefined, '', 'GET'],
  ],
  [
    'Firefox, a missing field',
    firefox('CORS header ‘Access-Control-Allow-Origin’ missing'),
    ['Firefox', 'MissingAllowOriginHeader', '', 'GET'],
  ],
  [
    'Firefox, another origin',
    firefox('CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://a.example’'),
    ['Firefox', 'AllowOriginMismatch', 'https://a.example', 'GET'],
  ],
  [
    'Firefox, a star',
    firefox('Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’'),
    ['Firefox', 'WildcardOriginNotAllowed', '', 'GET'],
  ],
  [
    'Firefox, credentials',
    firefox('expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’'),
    ['Firefox', 'InvalidAllowCredentials', '', 'GET'],
  ],
  [
    'Firefox, a method',
    firefox('Did not find method in CORS header ‘Access-Control-Allow-Methods’'),
    ['Firefox', 'MethodDisallowedByPreflightResponse', '', 'POST'],
  ],
  [
    'Firefox, a header',
    firefox(
      'header ‘x-a’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response',
    ),
    ['Firefox', 'HeaderDisallowedByPreflightResponse', 'x-a', 'GET'],
  ],
  [
    'Firefox, as it was before',
    firefox(
      'missing token ‘x-a’ in CORS header ‘Access-Control-Allow-Headers’ from CORS preflight channel',
    ),
    ['Firefox', 'HeaderDisallowedByPreflightResponse', 'x-a', 'GET'],
  ],
  [
    'Firefox, several',
    firefox('Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed'),
    ['Firefox', 'MultipleAllowOriginValues', '', 'GET'],
  ],
  [
    'Firefox, a preflight',
    firefox('CORS preflight response did not succeed', ' Status code: 403.'),
    ['Firefox', 'PreflightInvalidStatus', '', 'POST'],
  ],
  [
    'Firefox without the network',
    firefox('CORS request did not succeed', ' Status code: (null).'),
    ['Firefox', undefined, '', 'GET'],
  ],
  [
    'Safari, a field that does not fit',
    `Origin ${page} is not allowed by Access-Control-Allow-Origin. Status code: 200\nFetch API cannot load ${url} due to access control checks.`,
    ['Safari', 'MissingAllowOriginHeader', '', 'GET'],
  ],
  [
    'Safari, a preflight',
    `Preflight response is not successful. Status code: 403\nXMLHttpRequest cannot load ${url} due to access control checks.`,
    ['Safari', 'PreflightInvalidStatus', '', 'POST'],
  ],
  [
    'Safari, a header',
    `Request header field x-a is not allowed by Access-Control-Allow-Headers.\nFetch API cannot load ${url} due to access control checks.`,
    ['Safari', 'HeaderDisallowedByPreflightResponse', 'x-a', 'GET'],
  ],
] as const
for (const [what, text, expected] of messages) {
  test(`readConsole() reads ${what} [D2]`, () => {
    const [call, ...more] = readConsole(`[Log] before\n${text}\n[Log] after`)
    const { said, method, targetUrl } = call ?? {}
    assert.deepEqual([said?.browser, said?.corsError, said?.failedParameter, method], expected)
    assert.equal(targetUrl, url)
    assert.equal(more.length, 0)
  })
}

test('readConsole() tells where a redirect led that the page may not follow [D2]', () => {
  const login = 'https://login.example/authorize'
  const text = `Access to fetch at '${login}' (redirected from '${url}') from origin '${page}' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present`
  const [call] = readConsole(text)
  assert.equal(call?.targetUrl, url)
  assert.deepEqual(call?.backend?.headers.slice(0, 2), ['Location', login])
})

test('readConsole() knows the page of Chromium and Safari, not of Firefox, and one of null [D2]', () => {
  const missing = "No 'Access-Control-Allow-Origin' header is present"
  const pages = [
    chromium(missing),
    chromium(missing).replace(page, 'null'),
    firefox('CORS header ‘Access-Control-Allow-Origin’ missing'),
  ].map((text) => readConsole(text)[0]?.pageUrl)
  assert.deepEqual(pages, [`${page}/`, 'null', undefined])
})

test('readConsole() tells a call of a thousand lines once, and finds none in other text [D2]', () => {
  const line = chromium("No 'Access-Control-Allow-Origin' header is present")
  assert.deepEqual(
    readConsole(`${line}\n`.repeat(1_000)).map(({ count }) => count),
    [1_000],
  )
  assert.deepEqual(readConsole('TypeError: Failed to fetch'), [])
})

test('readConsole() takes time in proportion to what is pasted [D2]', async () => {
  const hostile = [
    "Access to a at '".repeat(10_000),
    `${'at '.repeat(60_000)}'`,
    'Origin '.repeat(20_000),
  ]
  const tookMs = await processorMsOf(() => {
    for (const text of hostile) assert.deepEqual(readConsole(text), [])
  })
  assert.ok(tookMs < 2_000, `${tookMs} ms`)
})
