import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { Edge } from './edge.ts'
import type { OwnAnswer } from './entry.ts'
import { serveOwn } from './own-request.ts'
import { Recorder } from './recorder.ts'

const application = { id: 'login', displayName: 'Sallyport sign-in', preAuthentication: false }

const answers: readonly (readonly [string, OwnAnswer, number])[] = [
  ['what is answered at once', (_, response) => response.end('here'), 200],
  [
    'a head that is written first',
    (_, response) => {
      response.writeHead(302, 'Found', { location: '/' })
      response.end()
    },
    302,
  ],
  ['a failure', () => Promise.reject(new Error('broken')), 500],
  ['an answer that breaks off before its head', (_, response) => response.destroy(), 0],
]
for (const [what, answer, status] of answers) {
  test(`a request to an own host is recorded once, with its head's time: ${what} [D4]`, async () => {
    const recorder = new Recorder(10)
    const over = Promise.withResolvers<{
      status: number
      name?: string
      route?: string
      timed: boolean
    }>()
    recorder.onOver(({ status, application: of, route, headMs, startedMs, endedMs }) => {
      const timed = headMs >= startedMs && headMs <= endedMs
      over.resolve({ status, timed, ...(of && { name: of.id }), ...(route && { route }) })
    })
    const edge = { recorder, log: { error: () => {} } } as unknown as Edge
    const noted: OwnAnswer = (asked, response, note) => {
      note.route = '/account'
      return answer(asked, response, note)
    }
    const server = createServer((asked, response) =>
      serveOwn(edge, { application, answer: noted }, asked, response),
    ).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const outgoing = request({ host: '127.0.0.1', port, path: '/account?code=1' })
    outgoing
      .on('response', (message) => message.resume())
      .on('error', () => {})
      .end()
    const seen = await over.promise
    assert.deepEqual(seen, { status, name: 'login', route: '/account', timed: status > 0 })
    assert.deepEqual([recorder.facts(), [...recorder.everyOpen()]], [[], []])
    server.close()
    server.closeAllConnections()
  })
}
