import assert from 'node:assert/strict'
import { chmod, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../test/folder.ts'
import { runCommandLine } from '../../test/terminal.ts'
import { saveIdentity } from '../connector/enrolment.ts'
import { encodeToken } from '../connector/token.ts'
import { startProxy } from '../tunnel/test-network.ts'
import { connectorId, keys, startEdge } from '../tunnel/test-tunnel.ts'

const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const secret = 'canary-secret-of-the-token'
const password = 'canary:p@ssword'

test('the report of a connector’s doctor has no secret in it, whoever repeats one [K1] [D4]', async () => {
  await using folder = await temporaryFolder()
  await using edge = await startEdge()
  const data = join(folder.path, 'connector')
  await saveIdentity(data, { connectorId, privateKey, caPem: edge.caPem, edge: edge.address })
  const given: string[] = []
  // A proxy that says aloud what it was given.
  await using proxy = await startProxy((head) => {
    const credentials = /Basic (\S+)/.exec(head)?.[1] ?? ''
    given.push(Buffer.from(credentials, 'base64').toString())
    return `HTTP/1.1 407 ${credentials}\r\nProxy-Authenticate: ${credentials}\r\n\r\n`
  })
  const token = encodeToken({ edge: edge.address, ca: edge.fingerprint, secret })
  const report = join(folder.path, 'report.json')
  const url = `http://ann:${encodeURIComponent(password)}@127.0.0.1:${proxy.port}`
  const args = ['doctor', 'connector', '--data', data, '--token', token, '--proxy', url]
  const said = await runCommandLine([...args, '--bundle', report])
  assert.equal(said.exit, 1)
  assert.match(said.stdout, /✗ edge-proxy/)
  assert.ok(given.includes(`ann:${password}`))
  const json = await runCommandLine([...args, '--json'])
  const written = await readFile(report, 'utf8')
  assert.equal((await stat(report)).mode & 0o077, 0)
  assert.equal(JSON.parse(written).facts.proxy.hasCredentials, true)
  const keyLine = privateKey.split('\n')[1] ?? ''
  const credentials = Buffer.from(`ann:${password}`).toString('base64')
  for (const canary of [
    secret,
    password,
    encodeURIComponent(password),
    token,
    keyLine,
    credentials,
  ]) {
    for (const text of [written, said.text, json.text]) assert.ok(!text.includes(canary), canary)
  }
})

test('a folder that others can read is warned of, and a question without an edge is none [K1]', async () => {
  await using folder = await temporaryFolder()
  await using edge = await startEdge()
  await saveIdentity(folder.path, {
    connectorId,
    privateKey,
    caPem: edge.caPem,
    edge: edge.address,
  })
  await chmod(join(folder.path, 'connector.json'), 0o644)
  const said = await runCommandLine(['doctor', 'connector', '--data', folder.path])
  assert.match(said.stdout, /^! identity .*others on this machine can read the key/m)
  assert.match(said.stdout, /^✓ edge-links/m)
  assert.equal(said.exit, 0, said.text)
  const nowhere = await runCommandLine(['doctor', 'connector'])
  assert.equal(nowhere.exit, 1)
  assert.match(nowhere.stderr, /Which edge\? Say --data/)
})
