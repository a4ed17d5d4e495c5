import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { commandsOf, shellBegin } from '../../documents/commands.ts'
import { temporaryFolder } from '../../folder.ts'
import { createOfficialClient } from '../../official-client.ts'
import { sallyport, startEdge } from '../../pieces.ts'
import { RunningCommand } from '../../process.ts'

// Pages build on each other: the first one makes the application that later ones change.
const pages = [
  ...[
    'api',
    'access-tokens',
    'doctor',
    'local-people',
    'sessions',
    'conditional-access',
    'header-sign-on',
  ],
  'configuration-as-code',
  ...['live-requests', 'cli', 'complex-applications', 'six-options', 'connectors', 'operating'],
  'migration-from-entra',
]

const collections = [
  ['/policies/tokenLifetimePolicies', 'displayName', 'Eight hours'],
  ['/identity/conditionalAccess/policies', 'displayName', 'Second factor outside the office'],
  ['/identity/conditionalAccess/namedLocations', 'displayName', 'Office'],
  ['/users', 'userPrincipalName', 'adele@contoso.com'],
  ['/applications', 'displayName', 'Wiki'],
  ['/auditLogs/directoryAudits', 'resultReason', 'ticket 4711'],
] as const

test('what the pages for administrators say to type works as it is printed but for the port, and Microsoft’s client reads what came of it [G1] [S11]', async () => {
  await using folder = await temporaryFolder()
  const data = join(folder.path, 'edge')
  await using edge = await startEdge(data)
  await using said = sallyport('token', '--data', data)
  const token = await said.line(() => true)
  const api = `https://localhost:${edge.port}`
  const commands = pages.map((page) =>
    commandsOf(readFileSync(`docs/${page}.md`, 'utf8')).replaceAll('9443', String(edge.port)),
  )
  await using shell = new RunningCommand(
    'bash',
    ['-c', [shellBegin(folder.path), ...commands].join('\n')],
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
  assert.deepEqual((await client.api('/identity/identityProviders').get()).value, [])
})
