import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { silentLog } from '../../src/base/log.ts'
import type { LocalCa } from '../../src/edge/local-ca.ts'
import { MemoryCounts, MemoryPeople, MemoryRecords } from '../../src/identity/fixture-stores.ts'
import {
  MemoryAuthenticators,
  MemoryRoles,
  MemorySignIns,
} from '../../src/identity/local/fixture-authenticators.ts'
import { hashPassword } from '../../src/identity/local/password.ts'
import { createEmbeddedProvider } from '../../src/identity/provider/provider.ts'
import { generateProviderKeys } from '../../src/identity/provider/provider-keys.ts'
import { person } from '../sign-in.ts'

/** What a peer must know to have people signed in. */
export interface Client extends AsyncDisposable {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

/**
 * The embedded provider of Sallyport with a peer as its one client; the code is the edge's own. It lives in this
 * process, which does nothing while load runs.
 */
export async function startProvider(authority: LocalCa, redirectUri: string): Promise<Client> {
  const server = createServer(await authority.issue(['localhost']))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}`
  const clientId = 'peer'
  const clientSecret = randomBytes(32).toString('base64url')
  const people = await onePerson()
  const roles = new MemoryRoles(people)
  const { listener } = createEmbeddedProvider({
    issuer,
    records: new MemoryRecords(),
    people,
    authenticators: new MemoryAuthenticators(people),
    signIns: new MemorySignIns(),
    ...{ roles, firstAdministrator: roles },
    secretKey: randomBytes(32),
    jwks: await generateProviderKeys(),
    failureCounts: new MemoryCounts(),
    cookieKeys: [randomBytes(32).toString('base64url')],
    client: { id: clientId, secret: clientSecret, redirectUri, postLogoutRedirectUri: redirectUri },
    log: silentLog,
  })
  server.on('request', listener)
  return {
    issuer,
    clientId,
    clientSecret,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

async function onePerson(): Promise<MemoryPeople> {
  const { userPrincipalName, displayName } = person
  const people = new MemoryPeople()
  people.rows.set('ada', {
    id: 'ada',
    userPrincipalName,
    displayName,
    mail: userPrincipalName,
    enabled: true,
    password: await hashPassword(person.password),
  })
  return people
}
