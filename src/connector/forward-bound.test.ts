import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { listen, RecordedStream, TestForwarder } from './forward-fixture.ts'

/** An application that, as NTLM does, signs in connections: in two steps, and then without a word. */
async function startSigningIn(t: TestContext) {
  const people = new WeakMap<Socket, string>()
  const challenged = new WeakSet<Socket>()
  const connections = new Set<Socket>()
  const server = createServer((request: IncomingMessage, answer) => {
    const { socket } = request
    connections.add(socket)
    const [scheme, step, name = ''] = request.headers.authorization?.split(' ') ?? []
    if (scheme !== undefined && step === 'hello') challenged.add(socket)
    if (scheme !== undefined && step === 'proof' && challenged.has(socket)) people.set(socket, name)
    const person = people.get(socket)
    if (person === undefined) answer.writeHead(401, { 'WWW-Authenticate': scheme ?? 'NTLM' })
    answer.end(person ?? 'nobody')
  })
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { origin: `http://127.0.0.1:${await listen(server)}`, connections }
}

function withAuthorization(credentials: string): { headers: string[] } {
  return { headers: ['Host', 'app.test', 'Authorization', credentials] }
}

for (const scheme of ['NTLM', 'Negotiate', 'negotiate']) {
  test(`a connection signed in to by ${scheme} is used for that client alone`, async (t) => {
    const { origin } = await startSigningIn(t)
    await using forwarder = new TestForwarder()
    assert.equal((await forwarder.ask(origin)).text, 'nobody')
    const boundTo = 'client 1'
    for (const [step, status, text] of [
      [`${scheme} hello`, 401, 'nobody'],
      [`${scheme} proof alice`, 200, 'alice'],
    ] as const) {
      const answer = await forwarder.ask(origin, { ...withAuthorization(step), boundTo })
      assert.deepEqual([answer.status, answer.text], [status, text])
    }
    for (let i = 0; i < 3; i++) {
      assert.equal((await forwarder.ask(origin, { boundTo })).text, 'alice')
      assert.equal((await forwarder.ask(origin, { boundTo: 'client 2' })).text, 'nobody')
      assert.equal((await forwarder.ask(origin)).text, 'nobody')
    }
  })
}

test('without a name for the client such a connection serves one request', async (t) => {
  const { origin, connections } = await startSigningIn(t)
  await using forwarder = new TestForwarder()
  for (let i = 0; i < 3; i++) await forwarder.ask(origin, withAuthorization('NTLM hello'))
  assert.equal(connections.size, 3)
})

test('credentials that count for one request alone bind nothing', async (t) => {
  const { origin, connections } = await startSigningIn(t)
  await using forwarder = new TestForwarder()
  for (const credentials of ['Basic YTpi', 'Bearer NTLM', 'NTLMish x']) {
    await forwarder.ask(origin, { ...withAuthorization(credentials), boundTo: 'client' })
  }
  assert.equal(connections.size, 1)
})

test('however requests of many clients mix, nobody is taken for somebody else', async (t) => {
  const { origin } = await startSigningIn(t)
  const clients = ['alice', 'bob', 'carol', undefined]
  const step = fc.record({
    client: fc.constantFrom(...clients),
    says: fc.constantFrom('hello', 'proof', 'nothing', 'nothing'),
    leaves: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 6 }),
      async (turns) => {
        await using forwarder = new TestForwarder()
        for (const turn of turns) {
          const sent = turn.map(({ client, says, leaves }) => {
            const credentials =
              says === 'nothing' ? {} : withAuthorization(`NTLM ${says} ${client}`)
            const change = { ...credentials, boundTo: client }
            const { stream, handler } = forwarder.send(
              origin,
              change,
              '',
              true,
              new RecordedStream(),
            )
            if (leaves) handler.onError('cancelled', 'left')
            return { client, stream, leaves, says }
          })
          for (const { client, stream, leaves, says } of sent) {
            if (leaves) continue
            const { text } = await stream.over()
            const own = client ?? (says === 'proof' ? 'undefined' : 'nobody')
            assert.ok(text === 'nobody' || text === own, `${client} was taken for ${text}`)
          }
        }
      },
    ),
    { numRuns: 60 },
  )
})
