import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { signInByForms } from '../form-sign-in.ts'
import { HttpClient, type TestResponse } from '../http-client.ts'
import { ProgrammableApplication } from '../programmable-application.ts'
import { publish, startWorld, type World } from '../world.ts'

let world: World
let application: ProgrammableApplication
let internalUrl: string
before(async () => {
  world = await startWorld()
  application = new ProgrammableApplication()
  internalUrl = `http://127.0.0.2:${await application.listen()}/`
})
after(async () => {
  await application?.[Symbol.asyncDispose]()
  await world?.[Symbol.asyncDispose]()
})

const headers = [
  { name: 'X-Remote-User', source: 'attribute', value: 'userPrincipalName' },
  {
    name: 'SM_USER',
    source: 'attribute',
    value: 'userPrincipalName',
    transformation: 'extractMailPrefix',
  },
  { name: 'X-Where-From', source: 'constant', value: 'extranet' },
  { name: 'X-Shoe-Size', source: 'claim', value: 'shoe_size' },
] as const

function seenIn(answer: TestResponse): Record<string, string> {
  return (JSON.parse(answer.text) as { headers: Record<string, string> }).headers
}

test('an application is told who is there, whatever the client says, and can prove that the edge said it [S12]', async () => {
  const url = `https://told.example.localhost:${world.port}/`
  const id = await publish(world.graph, 'Told', {
    externalUrl: url,
    internalUrl,
    singleSignOnSettings: { singleSignOnMode: 'aadHeaderBased' },
    headerBasedSingleSignOn: { headers },
    isIdentityAssertionEnabled: true,
  })
  await using client = new HttpClient({ ca: world.ca })
  await signInByForms(client, url, world.alice)
  const lies = {
    ...{ 'X-Remote-User': ['admin', 'root'], x_remote_user: 'admin', 'X.Remote.User': 'admin' },
    ...{ 'sm-user': 'admin', SM_USER: 'admin', 'X-Shoe-Size': '99', 'X-Sallyport-Assertion': 'x' },
  }
  const seen = seenIn(await client.request(url, { headers: lies }))
  const { userPrincipalName } = world.alice
  assert.equal(seen['x-remote-user'], userPrincipalName)
  assert.equal(seen['sm_user'], userPrincipalName.split('@')[0])
  assert.equal(seen['x-where-from'], 'extranet')
  const unwanted = Object.keys(seen).filter((name) => /shoe|^sm-user$|^x[_.]/.test(name))
  assert.deepEqual(unwanted, [])

  const { appId } = (await world.graph.call('GET', `/applications/${id}`)) as { appId: string }
  for (const host of [url, world.external('login')]) {
    const keys = await client.request(`${host}.sallyport/jwks.json`)
    const options = { audience: appId, algorithms: ['ES256'] }
    const jwks = createLocalJWKSet(JSON.parse(keys.text))
    const { payload } = await jwtVerify(seen['x-sallyport-assertion'] ?? '', jwks, options)
    assert.equal(payload['preferred_username'], userPrincipalName)
  }
})
