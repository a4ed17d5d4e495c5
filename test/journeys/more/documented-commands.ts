import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { Agent } from 'undici'
import { TestAuthority } from '../../../src/certificates/fixture-authority.ts'
import {
  type LyingProvider,
  startProvider,
} from '../../../src/identity/relying-party/fixture-provider.ts'
import { blocksOf, shellBegin } from '../../documents/commands.ts'
import { typedPages } from '../../documents/typed-pages.ts'
import { temporaryFolder } from '../../folder.ts'
import { signInByForms } from '../../form-sign-in.ts'
import { HttpClient } from '../../http-client.ts'
import { createOfficialClient } from '../../official-client.ts'
import { sallyport, startEdge } from '../../pieces.ts'
import { RunningCommand } from '../../process.ts'

const pages = typedPages['test/journeys/more/documented-commands.ts']

const collections = [
  ['/policies/tokenLifetimePolicies', 'displayName', 'Eight hours'],
  ['/identity/conditionalAccess/policies', 'displayName', 'Second factor outside the office'],
  ['/identity/conditionalAccess/namedLocations', 'displayName', 'Office'],
  ['/users', 'userPrincipalName', 'adele@contoso.com'],
  ['/applications', 'displayName', 'Wiki'],
  ['/auditLogs/directoryAudits', 'resultReason', 'ticket 4711'],
] as const

/** A provider of this machine, in the place of the one that the page about providers names. */
async function startContoso(authority: TestAuthority): Promise<LyingProvider> {
  const { certificate, key } = await authority.issue(['localhost'])
  const agent = new Agent({ connect: { ca: authority.pem } })
  const identity = { key, cert: certificate }
  const provider = await startProvider({ identity, agent }, 'keycloak', 'localhost')
  provider.lies = { claims: { aud: 'sallyport' } }
  return provider
}

test('what the pages for administrators say to type works as it is printed but for ports and the address of a provider, and Microsoft’s client reads what came of it [G1] [S11] [P11]', async () => {
  await using folder = await temporaryFolder()
  const data = join(folder.path, 'edge')
  const authority = await TestAuthority.create()
  await using contoso = await startContoso(authority)
  const trusted = join(folder.path, 'provider.pem')
  await writeFile(trusted, authority.pem)
  await using edge = await startEdge(data, { env: { NODE_EXTRA_CA_CERTS: trusted } })
  await using said = sallyport('token', '--data', data)
  const token = await said.line(() => true)
  const api = `https://localhost:${edge.port}`
  const commands = pages
    .flatMap((page) => blocksOf(readFileSync(page, 'utf8')))
    // That one is typed where there is an authority to ask.
    .filter((block) => !block.includes('--acme-directory'))
    .join('\n')
    .replaceAll('9443', String(edge.port))
    .replaceAll('https://id.contoso.com/realms/staff', contoso.issuer)
  await using shell = new RunningCommand(
    'bash',
    ['-c', [shellBegin(folder.path), commands].join('\n')],
    {
      env: {
        DATA: data,
        ...{ API: api, GRAPH: `${api}/v1.0`, TOKEN: token },
        CURL_CA_BUNDLE: join(data, 'ca.pem'),
        ...{ SALLYPORT_SERVER: api, SALLYPORT_TOKEN: token, SALLYPORT_CA: join(data, 'ca.pem') },
      },
    },
  )
  assert.equal(await shell.exit, 0, shell.stdout)
  // The program was let in, as far as an edge without a connector goes.
  assert.match(shell.stdout, /"code":"no-connector"/)

  const client = createOfficialClient({
    ...{ ca: edge.ca, graphUrl: `${api}/beta`, graphToken: token },
  })
  for (const [path, property, wanted] of collections) {
    const { value } = await client.api(path).get()
    const found = value.map((each: Record<string, unknown>) => each[property])
    assert.ok(found.includes(wanted), `${path}: ${found}`)
  }
  const signIns: Record<string, unknown>[] = (await client.api('/auditLogs/signIns').get()).value
  assert.deepEqual(
    signIns.map((signIn) => [signIn['servicePrincipalName'], signIn['isInteractive']]),
    [['Robot', false]],
  )

  const uploaded = await readFile(join(folder.path, 'authority.pem'), 'utf8')
  await using browser = new HttpClient({ ca: [edge.ca, authority.pem, uploaded] })
  // Nobody is asked for a password here.
  const nobody = { userPrincipalName: '', password: '' }
  const page = await signInByForms(browser, edge.external('wiki'), nobody)
  assert.match(page.text, /not-assigned/, 'signed in there, and a stranger here')
  assert.deepEqual(contoso.codes.length, 1)
  const { value: people } = await client.api('/users').get()
  assert.ok(
    people.some(
      ({ userPrincipalName }: Record<string, unknown>) => userPrincipalName === 'ann@keycloak.test',
    ),
    'the person whom the provider told of',
  )
})
