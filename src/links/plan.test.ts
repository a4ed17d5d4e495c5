import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeNotModified, describeTranslated, planBody, prepareRequest } from './plan.ts'

const html = ['Content-Type', 'text/html']

const planned = [
  [200, html, { language: 'html', charset: undefined, coding: 'identity' }],
  [404, html, { language: 'html', charset: undefined, coding: 'identity' }],
  [302, html, { language: 'html', charset: undefined, coding: 'identity' }],
  [
    200,
    ['content-type', ' Text/CSS ; Charset="UTF-8"'],
    { language: 'css', charset: 'ascii', coding: 'identity' },
  ],
  [
    200,
    ['Content-Type', 'application/xhtml+xml;charset=Shift_JIS'],
    { language: 'xhtml', charset: 'shiftJis', coding: 'identity' },
  ],
  [
    200,
    [...html, 'Content-Encoding', 'X-GZip'],
    { language: 'html', charset: undefined, coding: 'gzip' },
  ],
  [
    200,
    [...html, 'Content-Encoding', 'zstd'],
    { language: 'html', charset: undefined, coding: 'zstd' },
  ],
  [
    200,
    ['Content-Type', 'text/html; charset=nobody-knows'],
    { language: 'html', charset: 'ascii', coding: 'identity' },
  ],
  [
    200,
    ['Content-Type', 'text/html; charset='],
    { language: 'html', charset: undefined, coding: 'identity' },
  ],
] as const
for (const [status, headers, plan] of planned) {
  test(`a ${status} with ${headers.join(' ')} is translated [F4]`, () => {
    assert.deepEqual(planBody(status, headers), plan)
  })
}

const untouched = [
  [200, [], 'not-html-or-css'],
  [200, ['Content-Type', 'application/javascript'], 'not-html-or-css'],
  [200, ['Content-Type', 'text/htmlx'], 'not-html-or-css'],
  [200, [...html, 'Content-Type', 'text/css'], 'not-html-or-css'],
  [200, ['Content-Type', 'text/html; charset=utf-16'], 'charset'],
  [200, ['Content-Type', 'text/html; charset="ISO-2022-JP"'], 'charset'],
  [200, ['Content-Type', 'text/html; charset=hz-gb-2312'], 'charset'],
  [200, [...html, 'Cache-Control', 'private, No-Transform'], 'no-transform'],
  [200, [...html, 'Content-Encoding', 'compress'], 'content-coding'],
  [200, [...html, 'Content-Encoding', 'gzip, br'], 'content-coding'],
  [200, [...html, 'Content-Encoding', 'gzip', 'Content-Encoding', 'gzip'], 'content-coding'],
  [206, html, 'partial'],
  [226, html, 'partial'],
  [101, html, 'no-content'],
  [204, html, 'no-content'],
  [304, html, 'no-content'],
] as const
for (const [status, headers, because] of untouched) {
  test(`a ${status} with ${headers.join(' ')} stays: ${because} [F4]`, () => {
    assert.deepEqual(planBody(status, headers), { because })
  })
}

test('what is said of the bytes of the application is not said of others [F4]', () => {
  const kept = ['Content-Type', 'text/html', 'Vary', 'Accept-Encoding', 'Last-Modified', 'today']
  const untrue = [
    'content-length',
    'Content-MD5',
    'Digest',
    'Content-Digest',
    'Repr-Digest',
    'Accept-Ranges',
  ]
  const headers = [...kept, ...untrue.flatMap((name) => [name, '1']), 'ETag', '"a"']
  assert.deepEqual(describeTranslated(headers, 7), [...kept, 'ETag', 'W/"a;links-s7"'])
})

test('a 304 names the tag that the client has, of a page with translated links or without [F4]', () => {
  const answer = ['ETag', '"a"']
  const asked = (list: string) => describeNotModified(answer, ['If-None-Match', list], 7)
  assert.deepEqual(asked('W/"a;links-s7"'), ['ETag', 'W/"a;links-s7"'])
  assert.deepEqual(asked('"a"'), answer)
  assert.deepEqual(describeNotModified(answer, [], 7), answer)
})

const since = ['If-Modified-Since', 'today']
const requests = [
  [
    'a tag of now',
    ['If-None-Match', 'W/"a;links-s7"', ...since],
    ['If-None-Match', '"a"', ...since],
  ],
  ['a tag of earlier', ['If-None-Match', 'W/"a;links-s6"', ...since], []],
  ['an own tag', ['If-None-Match', '"a"', ...since], ['If-None-Match', '"a"', ...since]],
  [
    'a condition to change',
    ['If-Match', 'W/"a;links-s6", W/"b;links-w7"'],
    ['If-Match', '"a", W/"b"'],
  ],
  ['a part of a translated page', ['Range', 'bytes=9-', 'If-Range', 'W/"a;links-s7"'], []],
  [
    'a part of anything else',
    ['Range', 'bytes=9-', 'If-Range', '"a"'],
    ['Range', 'bytes=9-', 'If-Range', '"a"'],
  ],
  [
    'codings',
    ['accept-encoding', 'gzip;q=0.5, br, dcz, *, compress, ZSTD'],
    ['accept-encoding', 'gzip;q=0.5, br, ZSTD'],
  ],
  ['unknown codings only', ['Accept-Encoding', 'compress'], ['Accept-Encoding', 'identity']],
  ['no codings', ['Accept', '*/*'], ['Accept', '*/*']],
] as const
for (const [what, asked, forwarded] of requests) {
  test(`of a request with ${what} the application gets what it can answer [F4]`, () => {
    assert.deepEqual(prepareRequest(asked, 7), forwarded)
  })
}
