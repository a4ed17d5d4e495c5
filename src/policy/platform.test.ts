import assert from 'node:assert/strict'
import { test } from 'node:test'
import { detectPlatform } from './platform.ts'

const edge = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const cases = [
  [
    'Chrome on Windows',
    '"Windows"',
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${edge}`,
    'windows',
  ],
  [
    'Chrome on macOS',
    '"macOS"',
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${edge}`,
    'macOS',
  ],
  ['Chrome on Linux', '"Linux"', `Mozilla/5.0 (X11; Linux x86_64) ${edge}`, 'linux'],
  ['Chrome on Android', '"Android"', `Mozilla/5.0 (Linux; Android 10; K) ${edge}`, 'android'],
  ['Chrome OS', '"Chrome OS"', `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${edge}`, undefined],
  ['a hint that differs', '"Android"', `Mozilla/5.0 (X11; Linux x86_64) ${edge}`, 'android'],
  ['an unknown hint', '"Fuchsia"', `Mozilla/5.0 (X11; Linux x86_64) ${edge}`, undefined],
  ['a hint named like a method', '"toString"', '', undefined],
  ['a hint without quotes', 'Windows', `Mozilla/5.0 (X11; Linux x86_64) ${edge}`, 'linux'],
  [
    'Safari on an iPhone',
    undefined,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15',
    'iOS',
  ],
  [
    'Safari on a Mac',
    undefined,
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15',
    'macOS',
  ],
  [
    'Firefox on Android',
    undefined,
    'Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0',
    'android',
  ],
  [
    'Firefox on Linux',
    undefined,
    'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
    'linux',
  ],
  [
    'Windows Phone, which says Android, too',
    undefined,
    'Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950)',
    'windowsPhone',
  ],
  ['curl', undefined, 'curl/8.14.1', undefined],
  ['nothing', undefined, undefined, undefined],
] as const
for (const [what, hint, userAgent, platform] of cases) {
  test(`${what} runs on ${platform ?? 'nobody knows what'} [S8]`, () => {
    assert.equal(detectPlatform(hint, userAgent), platform)
  })
}
