import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failed } from '../base/check.ts'
import { findUnservedPorts } from './port-warnings.ts'
import { parsePublishing } from './validate.ts'

const served = { https: [443, 8443], http: [80] }
const internalUrl = 'http://a.test/'
const segment = (externalUrl: string) => ({ externalUrl, internalUrl })

const cases = [
  [{ externalUrl: 'https://a.contoso.net/', internalUrl }, []],
  [{ externalUrl: 'https://a.contoso.net:8443/', internalUrl }, []],
  [{ externalUrl: 'https://a.contoso.net:9443/', internalUrl }, ['/externalUrl']],
  [
    { externalUrl: 'https://*.contoso.net:9443/', internalUrl: 'http://*.a.test/' },
    ['/externalUrl'],
  ],
  [{ externalUrl: 'http://a.contoso.net/', internalUrl, preAuthentication: false }, []],
  [
    { externalUrl: 'http://a.contoso.net:443/', internalUrl, preAuthentication: false },
    ['/externalUrl'],
  ],
  [
    { segments: [segment('https://a.contoso.net/'), segment('https://b.contoso.net:81/')] },
    ['/segments/1/externalUrl'],
  ],
] as const
for (const [input, paths] of cases) {
  test(`publishing ${JSON.stringify(input)} warns of ${paths.join() || 'nothing'} [P12]`, () => {
    const parsed = parsePublishing(input, undefined, () => 'id')
    assert.ok(!failed(parsed), JSON.stringify(parsed))
    const found = findUnservedPorts(parsed.value, served)
    assert.deepEqual(
      found.map(({ path }) => path),
      paths,
    )
  })
}
