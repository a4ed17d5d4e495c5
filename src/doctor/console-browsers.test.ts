import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConsole } from './console-message.ts'

const url = 'https://api.contoso.net/orders?id=1'
const page = 'https://shop.contoso.net'
const mark = '‘Access-Control-Allow-Origin’'
const lost = 'CORS request did not succeed). Status code: (null).'
const notAllowed = (status: number, origin = page) =>
  `Origin ${origin} is not allowed by Access-Control-Allow-Origin. Status code: ${status}`
const missing = 'MissingAllowOriginHeader'

// As Firefox 153 and WebKitGTK 2.50, whose words are Safari's, wrote them about calls to a server that answers like this:
// what stands behind `Reason: `, line by line, and the line before the one with the address.
const recorded = [
  [
    'no field',
    [`CORS header ${mark} missing). Status code: 200.`],
    notAllowed(200),
    [
      [missing, ''],
      [missing, ''],
    ],
  ],
  [
    'no field, and a failure',
    [`CORS header ${mark} missing). Status code: 500.`],
    notAllowed(500),
    [
      [missing, ''],
      [missing, ''],
    ],
  ],
  [
    'another origin',
    [`CORS header ${mark} does not match ‘https://other.example’).`],
    notAllowed(200),
    [
      ['AllowOriginMismatch', 'https://other.example'],
      [missing, ''],
    ],
  ],
  [
    'the origin with a slash',
    [`CORS header ${mark} does not match ‘${page}/’).`],
    notAllowed(200),
    [
      ['AllowOriginMismatch', `${page}/`],
      [missing, ''],
    ],
  ],
  [
    'null',
    [`CORS header ${mark} does not match ‘null’).`],
    notAllowed(200),
    [
      ['AllowOriginMismatch', 'null'],
      [missing, ''],
    ],
  ],
  [
    'what is no origin',
    [`CORS header ${mark} does not match ‘foo’).`],
    notAllowed(200),
    [
      ['InvalidAllowOriginValue', 'foo'],
      [missing, ''],
    ],
  ],
  [
    'an empty field',
    [`CORS header ${mark} does not match ‘’).`],
    notAllowed(200),
    [
      ['InvalidAllowOriginValue', ''],
      [missing, ''],
    ],
  ],
  [
    'two origins in a field',
    [`CORS header ${mark} does not match ‘${page}, https://b.example’).`],
    'Access-Control-Allow-Origin cannot contain more than one origin.',
    [
      ['MultipleAllowOriginValues', `${page}, https://b.example`],
      ['MultipleAllowOriginValues', ''],
    ],
  ],
  [
    'two fields',
    [`Multiple CORS header ${mark} not allowed).`],
    'Access-Control-Allow-Origin cannot contain more than one origin.',
    [
      ['MultipleAllowOriginValues', ''],
      ['MultipleAllowOriginValues', ''],
    ],
  ],
  [
    'a star, with credentials',
    [`Credential is not supported if the CORS header ${mark} is ‘*’).`],
    'Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.',
    [
      ['WildcardOriginNotAllowed', ''],
      ['WildcardOriginNotAllowed', ''],
    ],
  ],
  [
    'no credentials',
    ['expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).'],
    'Credentials flag is true, but Access-Control-Allow-Credentials is not "true".',
    [
      ['InvalidAllowCredentials', ''],
      ['InvalidAllowCredentials', ''],
    ],
  ],
  [
    'a preflight with 403 and no field',
    [`CORS header ${mark} missing). Status code: 403.`, lost],
    'Preflight response is not successful. Status code: 403',
    [
      ['PreflightMissingAllowOriginHeader', ''],
      ['PreflightInvalidStatus', ''],
    ],
  ],
  [
    'a preflight with 403 that allows',
    ['CORS preflight response did not succeed). Status code: 403.', lost],
    'Preflight response is not successful. Status code: 403',
    [
      ['PreflightInvalidStatus', ''],
      ['PreflightInvalidStatus', ''],
    ],
  ],
  [
    'a preflight without the field',
    [`CORS header ${mark} missing). Status code: 200.`, lost],
    notAllowed(200),
    [
      ['PreflightMissingAllowOriginHeader', ''],
      [missing, ''],
    ],
  ],
  [
    'a preflight with another origin',
    [`CORS header ${mark} does not match ‘https://other.example’).`, lost],
    notAllowed(200),
    [
      ['PreflightAllowOriginMismatch', 'https://other.example'],
      [missing, ''],
    ],
  ],
  [
    'a preflight with a star, with credentials',
    [`Credential is not supported if the CORS header ${mark} is ‘*’).`, lost],
    'Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.',
    [
      ['PreflightWildcardOriginNotAllowed', ''],
      ['WildcardOriginNotAllowed', ''],
    ],
  ],
  [
    'a preflight without credentials',
    ['expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).', lost],
    'Credentials flag is true, but Access-Control-Allow-Credentials is not "true".',
    [
      ['PreflightInvalidAllowCredentials', ''],
      ['InvalidAllowCredentials', ''],
    ],
  ],
  [
    'a preflight that is redirected',
    [
      'CORS request external redirect not allowed).',
      'CORS preflight response did not succeed). Status code: 302.',
      lost,
    ],
    'Preflight response is not successful. Status code: 302',
    [
      ['PreflightDisallowedRedirect', ''],
      ['PreflightInvalidStatus', ''],
    ],
  ],
  [
    'a method that is not allowed',
    ['Did not find method in CORS header ‘Access-Control-Allow-Methods’).', lost],
    'Method PUT is not allowed by Access-Control-Allow-Methods.',
    [
      ['MethodDisallowedByPreflightResponse', ''],
      ['MethodDisallowedByPreflightResponse', 'PUT'],
    ],
  ],
  [
    'a header that is not allowed',
    [
      'header ‘x-asked’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response).',
      lost,
    ],
    'Request header field X-Asked is not allowed by Access-Control-Allow-Headers.',
    [
      ['HeaderDisallowedByPreflightResponse', 'x-asked'],
      ['HeaderDisallowedByPreflightResponse', 'X-Asked'],
    ],
  ],
  [
    'a list of methods that is none',
    ['invalid token ‘b@d’ in CORS header ‘Access-Control-Allow-Methods’).', lost],
    'Header Access-Control-Allow-Methods has an invalid value: GET, b@d',
    [
      ['InvalidAllowMethodsPreflightResponse', 'b@d'],
      ['InvalidAllowMethodsPreflightResponse', ''],
    ],
  ],
  [
    'a list of headers that is none',
    ['invalid token ‘b@d’ in CORS header ‘Access-Control-Allow-Headers’).', lost],
    'Header Access-Control-Allow-Headers has an invalid value: x-a, b@d',
    [
      ['InvalidAllowHeadersPreflightResponse', 'b@d'],
      ['InvalidAllowHeadersPreflightResponse', ''],
    ],
  ],
  [
    'a redirect without the field',
    [`CORS header ${mark} missing). Status code: 302.`, lost],
    `Cross-origin redirection to https://b.example/y denied by Cross-Origin Resource Sharing policy: ${notAllowed(302)}`,
    [
      [missing, ''],
      [missing, ''],
    ],
  ],
  [
    'a redirect to a URL with a user name',
    [lost],
    'Cross-origin redirection to https://b.example/x denied by Cross-Origin Resource Sharing policy: redirection URL https://me:pw@b.example/x has credentials',
    [
      [undefined, ''],
      ['RedirectContainsCredentials', ''],
    ],
  ],
  [
    'a redirect to a data: URL',
    [lost],
    'Cross-origin redirection to data:text/plain,x denied by Cross-Origin Resource Sharing policy: not allowed to follow a cross-origin CORS redirection with non CORS scheme',
    [
      [undefined, ''],
      ['CorsDisabledScheme', ''],
    ],
  ],
  [
    'ftp:',
    ['CORS request not http).'],
    'Cross origin requests are only supported for HTTP.',
    [
      ['CorsDisabledScheme', ''],
      ['CorsDisabledScheme', ''],
    ],
  ],
  [
    'a connection that breaks off',
    [lost],
    'Connection terminated unexpectedly',
    [
      [undefined, ''],
      [undefined, ''],
    ],
  ],
] as const
for (const [what, firefoxLines, safariReason, expected] of recorded) {
  test(`readConsole() reads what real browsers say about ${what} [D2]`, () => {
    // Firefox puts the address into quotes where it speaks of a star.
    const at = firefoxLines[0].startsWith('Credential') ? `‘${url}’` : url
    const ofFirefox = firefoxLines.map(
      (line) =>
        `Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ${at}. (Reason: ${line}`,
    )
    const ofSafari = [safariReason, `Fetch API cannot load ${url} due to access control checks.`]
    for (const [i, lines] of [ofFirefox, ofSafari].entries()) {
      const [call, ...more] = readConsole(lines.join('\n'))
      assert.deepEqual([call?.said?.corsError, call?.said?.failedParameter], expected[i])
      assert.deepEqual([call?.targetUrl, more], [url, []])
    }
  })
}

test('readConsole() joins lines of calls that failed side by side, and knows images and redirects of Safari [D2]', () => {
  const other = url.replace('orders', 'bills')
  const reasons = [`CORS header ${mark} missing). Status code: 200.`, lost]
  const lines = reasons.flatMap((reason) =>
    [url, other].map(
      (each) =>
        `Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ${each}. (Reason: ${reason}`,
    ),
  )
  assert.deepEqual(
    readConsole(lines.join('\n')).map(({ targetUrl, said }) => [targetUrl, said?.corsError]),
    [url, other].map((each) => [each, 'PreflightMissingAllowOriginHeader']),
  )
  const image = `${notAllowed(200, 'null')}\nCannot load image ${url} due to access control checks.`
  const [call] = readConsole(image)
  assert.deepEqual([call?.targetUrl, call?.pageUrl], [url, undefined])
})
