import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileRoutes } from '../publishing/route-table.ts'
import { sampleApplication } from '../publishing/sample.ts'
import { answerInClear, belongsElsewhere, type Entrances } from './entrances.ts'
import { readRequest } from './request.ts'

const internalUrl = 'http://inside.test/'
const routes = compileRoutes([
  sampleApplication('secure', { externalUrl: 'https://app.test:8443/', internalUrl }),
  sampleApplication('default', { externalUrl: 'https://usual.test/', internalUrl }),
  sampleApplication('clear', {
    externalUrl: 'http://open.test:8080/',
    internalUrl,
    preAuthentication: false,
  }),
])
const entrances: Entrances = {
  secure: [8443, 9443],
  plain: new Map([
    [8080, 'serve'],
    [80, 'redirect'],
  ]),
  ownHosts: new Set(['login.test:8443']),
  acmeChallenge: (token) => (token === 'known' ? 'known.proof' : undefined),
}

function ask(host: string, target: string, port: number) {
  const request = readRequest({
    method: 'GET',
    target,
    scheme: 'http',
    authority: undefined,
    headers: ['Host', host],
    http2: false,
    bodyAnnounced: false,
    serverName: undefined,
    connection: {},
    port,
    peer: '',
  })
  assert.ok(!('because' in request))
  const answer = answerInClear(entrances, routes, request, port)
  const location = answer?.headers[answer.headers.indexOf('Location') + 1]
  return answer && { status: answer.status, where: answer.status === 308 ? location : answer.body }
}

const redirects = [
  ['app.test', '/a%20b?c=/../d', 80, 'https://app.test:8443/a%20b?c=/../d'],
  ['app.test:80', '/', 80, 'https://app.test:8443/'],
  ['usual.test', '/', 80, 'https://usual.test/'],
  ['login.test', '/x', 80, 'https://login.test:8443/x'],
  ['app.test:8080', '/', 8080, 'https://app.test:8443/'],
] as const
for (const [host, target, port, location] of redirects) {
  test(`in clear, ${host}${target} is to be had at ${location} [P12]`, () => {
    assert.deepEqual(ask(host, target, port), { status: 308, where: location })
  })
}

test('in clear, a host that is published nowhere is no redirect to anywhere [P12] [F8]', () => {
  assert.equal(ask('evil.test', '/', 80)?.status, 404)
  assert.equal(ask('evil.test:8080', '/', 8080)?.status, 404)
})

test('an application without TLS is served where its port serves, and nowhere else [P12]', () => {
  assert.equal(ask('open.test:8080', '/', 8080), undefined)
  assert.equal(ask('open.test:8080', '/', 80)?.status, 404)
})

test('a certificate authority finds its proof on every host; unknown tokens are like any other path [P11]', () => {
  const path = '/.well-known/acme-challenge/'
  assert.deepEqual(ask('new.test', `${path}known`, 80), { status: 200, where: 'known.proof' })
  assert.equal(ask('new.test', `${path}unknown`, 80)?.status, 404)
  assert.equal(ask('app.test', `${path}unknown`, 80)?.status, 308)
})

const elsewhere = [
  [8443, 8443, false],
  [8443, 9443, true],
  [8443, 80, true],
  // Nobody listens there, so ports are translated on the way.
  [8443, 443, false],
] as const
for (const [port, asked, expected] of elsewhere) {
  test(`on port ${port}, a request for port ${asked} ${expected ? 'came to the wrong one' : 'is taken'} [P12]`, () => {
    assert.equal(belongsElsewhere(entrances, port, asked), expected)
  })
}
