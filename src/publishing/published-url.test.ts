import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { failed } from '../base/check.ts'
import type { PublishingInput } from './input.ts'
import { parsePublishedUrl } from './published-url.ts'
import { countingIds, samplePublishing } from './sample.ts'
import { parsePublishing } from './validate.ts'

const regular: PublishingInput = {
  externalUrl: 'https://app.contoso.net/',
  internalUrl: 'http://app.test.com/',
}

function issuesOf(input: PublishingInput): string[] {
  const parsed = parsePublishing(input, undefined, countingIds())
  return failed(parsed) ? parsed.issues.map((issue) => `${issue.path} ${issue.code}`) : []
}

const urls = [
  ['https://App.Contoso.NET', 'https://app.contoso.net/'],
  ['https://app.contoso.net:443/', 'https://app.contoso.net/'],
  ['https://app.contoso.net:08443/A/b', 'https://app.contoso.net:8443/A/b/'],
  ['https://bücher.example/größe/', 'https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe/'],
  ['HTTPS://app.contoso.net./', 'https://app.contoso.net/'],
  ['https://app.contoso.localhost/', 'https://app.contoso.localhost/'],
] as const
for (const [written, kept] of urls) {
  test(`the external URL ${written} is kept as ${kept} [P1]`, () => {
    assert.equal(samplePublishing({ ...regular, externalUrl: written }).externalUrl, kept)
    assert.equal(samplePublishing({ ...regular, externalUrl: kept }).externalUrl, kept)
  })
}

const externalRefusals = [
  ['app.contoso.net', 'url-invalid'],
  ['/app', 'url-invalid'],
  [`https://app.contoso.net/${'a'.repeat(2_048)}`, 'url-invalid'],
  ['ftp://app.contoso.net/', 'url-scheme'],
  ['http://app.contoso.net/', 'external-https'],
  ['https://me:pw@app.contoso.net/', 'url-user'],
  ['https://app.contoso.net/?x', 'url-query'],
  ['https://app.contoso.net/?', 'url-query'],
  ['https://app.contoso.net/#x', 'url-fragment'],
  ['https://app.contoso.net/a/../b/', 'url-path'],
  ['https://app.contoso.net/%2e%2e/', 'url-path'],
  ['https://app.contoso.net/a%2fb/', 'url-path'],
  ['https://app.contoso.net/a//b/', 'url-path'],
  ['https://app.contoso.net\\a', 'url-path'],
  ['https://app.contoso.net/%zz/', 'url-path'],
  ['https://10.0.0.1/', 'external-address'],
  ['https://0x7f.1/', 'external-address'],
  ['https://[::1]/', 'external-address'],
  ['https://intranet/', 'url-host'],
  ['https://a_b.contoso.net/', 'url-host'],
  ['https://-a.contoso.net/', 'url-host'],
  ['https://a..contoso.net/', 'url-host'],
  ['https://app.contoso.net:99999/', 'url-host'],
  ['https://app.contoso.net:0/', 'url-host'],
  ['https:///', 'url-host'],
  ['https://%61.contoso.net/', 'url-host'],
] as const
for (const [externalUrl, code] of externalRefusals) {
  test(`the external URL ${externalUrl.slice(0, 50)} is refused: ${code} [P12]`, () => {
    assert.deepEqual(issuesOf({ ...regular, externalUrl }), [`/externalUrl ${code}`])
  })
}

const internals = [
  ['http://intranet', 'http://intranet/'],
  ['http://INTRANET:8080/App', 'http://intranet:8080/App/'],
  ['http://10.0.0.7:8080/', 'http://10.0.0.7:8080/'],
  ['https://[fd00::7]/', 'https://[fd00::7]/'],
  ['http://127.0.0.1:3000/', 'http://127.0.0.1:3000/'],
  ['http://sql_1.corp/', 'http://sql_1.corp/'],
  ['http://169.254.169.254/', 'internal-address'],
  ['http://0xa9.0xfe.0xa9.0xfe/', 'internal-address'],
  ['http://2852039166/', 'internal-address'],
  ['http://[::ffff:169.254.169.254]/', 'internal-address'],
  ['http://[64:ff9b::169.254.169.254]/', 'internal-address'],
  ['http://[fe80::1]/', 'internal-address'],
  ['http://[fd00:ec2::254]/', 'internal-address'],
  ['http://Metadata.Google.Internal/', 'internal-address'],
  ['http://metadata.google.internal./', 'internal-address'],
  ['http://(a|b).corp/', 'url-host'],
  ['http://me@intranet/', 'url-user'],
  ['http://intranet/?x', 'url-query'],
  ['http://intranet/a/../b', 'url-path'],
  ['gopher://intranet/', 'url-scheme'],
] as const
for (const [written, outcome] of internals) {
  test(`the internal URL ${written} gives ${outcome} [P12]`, () => {
    const input = { ...regular, internalUrl: written }
    if (outcome.includes('/')) assert.equal(samplePublishing(input).internalUrl, outcome)
    else assert.deepEqual(issuesOf(input), [`/internalUrl ${outcome}`])
  })
}

const wildcards = [
  ['https://*.contoso.net/', 'http://*.test.com/', []],
  ['https://*.contoso.localhost/', 'http://*.localhost:8080/', []],
  ['https://*.contoso.test:8443/', 'https://*.corp/a/', []],
  ['https://*.contoso.internal/', 'http://*.test.com/', []],
  ['https://*.contoso.net/', 'http://app.test.com/', ['/internalUrl wildcard-one-side']],
  ['https://app.contoso.net/', 'http://*.test.com/', ['/externalUrl wildcard-one-side']],
  ['http://*.contoso.net/', 'http://*.test.com/', ['/externalUrl external-https']],
  ['https://*.*.contoso.net/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://app.*.contoso.net/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://app*.contoso.net/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://*/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://*.contoso.net/*/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://.*.contoso.net/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://[a-z]+.contoso.net/', 'http://*.test.com/', ['/externalUrl url-host']],
  ['https://a+.contoso.net/', 'http://a.test.com/', ['/externalUrl url-host']],
  ['https://*.contoso.net/(a|b)/', 'http://*.test.com/', ['/externalUrl wildcard-placement']],
  ['https://*.test/', 'http://*.test/', ['/externalUrl wildcard-suffix']],
  ['https://*.co.uk/', 'http://*.test.com/', ['/externalUrl wildcard-suffix']],
  ['https://*.github.io/', 'http://*.test.com/', ['/externalUrl wildcard-suffix']],
  ['https://*.contoso.net/', 'http://*.com/', ['/internalUrl wildcard-suffix']],
  ['https://*.contoso.net/', 'http://*.254.169.254/', ['/internalUrl url-host']],
] as const
for (const [externalUrl, internalUrl, expected] of wildcards) {
  test(`${externalUrl} → ${internalUrl}: ${expected.join() || 'accepted'} [P3]`, () => {
    assert.deepEqual(issuesOf({ externalUrl, internalUrl }), expected)
  })
}

test('normalising a URL is idempotent and gives a URL the standard parser agrees with [P1]', () => {
  const label = fc.stringMatching(/^[A-Za-z0-9ä-]{1,6}$/)
  const url = fc
    .tuple(
      fc.constantFrom('http', 'https', 'HTTPS'),
      fc.boolean(),
      fc.array(label, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', ':80', ':443', ':8443', ':0443'),
      fc.stringMatching(/^(\/[a-zA-Z0-9.~%ä ]{0,4}){0,3}$/),
    )
    .map(
      ([scheme, star, labels, port, path]) =>
        `${scheme}://${star ? '*.' : ''}${labels.join('.')}${port}${path}`,
    )
  fc.assert(
    fc.property(url, fc.constantFrom('external' as const, 'internal' as const), (text, side) => {
      const once = parsePublishedUrl(text, side, '')
      if (failed(once)) return
      assert.deepEqual(parsePublishedUrl(once.value.text, side, ''), once)
      const plain = once.value.text.replace('*.', 'a.')
      assert.equal(new URL(plain).href, plain)
      assert.ok(once.value.text.endsWith('/'))
    }),
    { numRuns: 1_000 },
  )
})
