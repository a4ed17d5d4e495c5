import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import { listen, TestForwarder } from './forward-fixture.ts'

/** An application that hangs up on every `nth` request, having counted it, before or after it acted. */
async function startCounting(t: TestContext, nth: number) {
  const counts = new Map<string, number>()
  let requests = 0
  const server = createServer((request, answer) => {
    const key = `${request.method} ${request.url}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
    request.resume().on('end', () => {
      if (++requests % nth === 0) request.socket.destroy()
      else answer.end(request.url)
    })
  })
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { origin: `http://127.0.0.1:${await listen(server)}`, counts }
}

async function askAll(
  forwarder: TestForwarder,
  origin: string,
  requests: readonly { readonly method: string; readonly body: string }[],
): Promise<number> {
  let answered = 0
  let next = 0
  const worker = async (): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++) {
      const { method, body } = requests[i] as (typeof requests)[number]
      const target = `/${i}`
      const length = body === '' ? [] : ['Content-Length', String(body.length)]
      const change = { method, target, headers: ['Host', 'a', ...length] }
      const { status, text } = await forwarder.ask(origin, change, body)
      if (status !== 200) continue
      answered++
      if (method !== 'HEAD') assert.equal(text, target)
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  return answered
}

test('what may have been acted on is never sent twice, whatever happens to connections [R15] [K3]', async (t) => {
  const { origin, counts } = await startCounting(t, 7)
  await using forwarder = new TestForwarder()
  const methods = ['POST', 'PATCH', 'LOCK', 'get']
  const requests = Array.from({ length: 4_000 }, (_, i) => ({
    method: methods[i % methods.length] as string,
    body: i % 3 === 0 ? 'body' : '',
  }))
  await askAll(forwarder, origin, [...requests, { method: 'PUT', body: 'body' }])
  for (const [request, times] of counts) assert.equal(times, 1, request)
})

test('a request that does no harm is sent a second time at most, and then nearly always answered [R15]', async (t) => {
  const { origin, counts } = await startCounting(t, 50)
  await using forwarder = new TestForwarder()
  const methods = ['GET', 'HEAD', 'OPTIONS', 'DELETE']
  const requests = Array.from({ length: 2_000 }, (_, i) => ({
    method: methods[i % methods.length] as string,
    body: '',
  }))
  const answered = await askAll(forwarder, origin, requests)
  assert.ok(answered > 1_990, `${answered}`)
  for (const times of counts.values()) assert.ok(times <= 2)
})

test('a backend that answers nobody is not asked twice by everybody [R15]', async (t) => {
  const { origin, counts } = await startCounting(t, 1)
  await using forwarder = new TestForwarder()
  const requests = Array.from({ length: 500 }, () => ({ method: 'GET', body: '' }))
  assert.equal(await askAll(forwarder, origin, requests), 0)
  const sent = [...counts.values()].reduce((sum, times) => sum + times, 0)
  assert.ok(sent <= 500 + 32 + 50 + 10, `${sent} requests`)
})
