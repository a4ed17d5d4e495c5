import '../lts-flag.ts'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import Provider from 'oidc-provider'
import type { TokenRequest } from '../sign-in/sign-in-journal.ts'
import { tellTokenRequests } from './provider-token-events.ts'

test('who asks for a token comes from where the trusted proxies say, as on the pages [S10] [S8]', async (t) => {
  const provider = new Provider('http://127.0.0.1', {
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    clients: [
      {
        ...{ client_id: 'robot', client_secret: 'a secret', redirect_uris: [] },
        ...{ response_types: [], grant_types: ['client_credentials'] },
      },
    ],
  })
  const told = Promise.withResolvers<TokenRequest>()
  const addressOf = ({ headers }: { headers: NodeJS.Dict<string | string[]> }) =>
    String(headers['x-forwarded-for'])
  tellTokenRequests(provider, 'edge', addressOf, told.resolve)
  const server = createServer(provider.callback()).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}/token`, {
    method: 'POST',
    headers: { 'x-forwarded-for': '203.0.113.9', connection: 'close' },
    body: new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: 'robot', client_secret: 'a secret' },
    }),
  })
  assert.equal(typeof (await answer.json()), 'object')
  assert.equal((await told.promise).address, '203.0.113.9')
})
