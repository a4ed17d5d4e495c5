import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { silentLog } from '../base/log.ts'
import { type Readiness, type Signals, SignalsListener } from './listener.ts'
import { gauge } from './metric.ts'

interface Answer {
  readonly status: number
  readonly type: string | undefined
  readonly body: string
}

function ask(port: number, path: string, host = `127.0.0.1:${port}`, method = 'GET') {
  return new Promise<Answer>((resolve, reject) => {
    const headers = { Host: host }
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response
        resolve({ status, type: headers['content-type'], body })
      })
    })
    asked.on('error', reject).end()
  })
}

let readiness: Readiness = { ready: false, reasons: ['the edge is starting'] }
const signals: Signals = {
  metrics: async () => [gauge('up', 'It is.', 'max', 1)],
  readiness: async () => readiness,
}

test('metrics and health are told on a port of their own, and why not [D4]', async () => {
  await using listener = await SignalsListener.open(
    signals,
    { host: '127.0.0.1', port: 0 },
    silentLog,
  )
  const { port } = listener
  const metrics = await ask(port, '/metrics')
  assert.equal(metrics.type, 'text/plain; version=0.0.4; charset=utf-8')
  assert.equal(metrics.body, '# HELP up It is.\n# TYPE up gauge\nup 1\n')
  assert.equal((await ask(port, '/healthz?verbose')).status, 200)
  const starting = await ask(port, '/readyz')
  assert.equal(starting.status, 503)
  assert.deepEqual(JSON.parse(starting.body), readiness)
  readiness = { ready: true }
  assert.equal((await ask(port, '/readyz')).status, 200)
  assert.equal((await ask(port, '/')).status, 404)
  assert.equal((await ask(port, '/metrics', undefined, 'POST')).status, 405)
})

const hosts = [
  ['localhost', 200],
  ['[::1]:9464', 200],
  ['10.0.0.1', 200],
  ['evil.example', 421],
  ['localhost.evil.example:9464', 421],
  ['127.0.0.1.evil.example', 421],
] as const
test('a page that leads its own name to this machine reads nothing [D4]', async () => {
  await using listener = await SignalsListener.open(
    signals,
    { host: '127.0.0.1', port: 0 },
    silentLog,
  )
  for (const [host, status] of hosts) {
    assert.equal((await ask(listener.port, '/metrics', host)).status, status, host)
  }
})

test('whoever only keeps connections open makes no healthy process look dead [D4]', async () => {
  const address = { host: '127.0.0.1', port: 0 }
  await using listener = await SignalsListener.open(signals, address, silentLog)
  const idle = Array.from({ length: 40 }, () => connect(listener.port, '127.0.0.1'))
  for (const socket of idle) socket.on('error', () => {})
  await Promise.all(idle.map((socket) => once(socket, 'connect')))
  assert.equal((await ask(listener.port, '/healthz')).status, 200)
  for (const socket of idle) socket.destroy()
})
