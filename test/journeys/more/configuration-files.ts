import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { temporaryFolder } from '../../folder.ts'
import { type RunningEdge, startEdge } from '../../pieces.ts'
import { RunningCommand } from '../../process.ts'
import { runCommandLine, type Said, type TerminalOptions } from '../../terminal.ts'

let edge: RunningEdge
let home: string
const cleaners: AsyncDisposable[] = []

before(async () => {
  const folder = await temporaryFolder()
  cleaners.push(folder)
  home = folder.path
  edge = await startEdge(join(home, 'edge'))
  cleaners.unshift(edge)
  await expectOk('groups', 'create', '--name', 'Staff')
  const urls = ['--external', edge.external('wiki'), '--internal', 'http://wiki.test/']
  await expectOk('apps', 'create', '--name', 'Wiki', ...urls, '--assign', 'Staff')
  const every = ['--external', edge.external('*'), '--internal', 'http://*.test/', '--everybody']
  await expectOk('apps', 'create', '--name', 'Shop', ...every)
  const api = ['--external', edge.external('api'), '--internal', 'http://api.test/']
  await expectOk('segments', 'create', '--app', 'Shop', ...api)
})
after(async () => {
  for (const cleaner of cleaners) await cleaner[Symbol.asyncDispose]()
})

function run(args: readonly string[], options: TerminalOptions = {}): Promise<Said> {
  const environment = { SALLYPORT_DATA: join(home, 'edge') }
  return runCommandLine(args, { ...options, environment })
}

async function expectOk(...args: readonly string[]): Promise<Said> {
  const said = await run(args)
  assert.equal(said.exit, 0, `${args.join(' ')}\n${said.text}`)
  return said
}

const file = (name: string): string => join(home, name)

test('what was exported is what the edge has; an edited file is shown, applied, and undone [G4] [G6]', async () => {
  const path = file('sallyport.yaml')
  await expectOk('export', '--out', path)
  assert.match((await expectOk('diff', path)).stderr, /The edge is what the files say/)

  const written = await readFile(path, 'utf8')
  assert.match(written, /^# yaml-language-server: \$schema=sallyport\.schema\.json\n/)
  const edited = written
    .replace('\ngroups:', '\n# everybody who works here\ngroups:')
    .replace('http://wiki.test/', 'http://wiki2.test/ # moved in November')
  await writeFile(path, edited)

  const drift = await run(['diff', path])
  assert.equal(drift.exit, 10)
  assert.match(
    drift.stdout,
    /^~ application Wiki\n {2}- \S*internalUrl: http:\/\/wiki\.test\/\n {2}\+ \S*internalUrl: http:\/\/wiki2\.test\/\n$/,
  )
  const json = await run(['diff', path, '--json'])
  assert.equal(JSON.parse(json.stdout).changes[0].displayName, 'Wiki')
  assert.equal(JSON.parse(json.stderr.trim().split('\n').at(-1) ?? '').exitCode, 10)

  const tried = await expectOk('apply', path, '--dry-run')
  assert.match(tried.stderr, /1 to change\. Nothing was changed/)
  assert.equal((await run(['diff', path])).exit, 10)

  const alone = await run(['apply', path])
  assert.equal(alone.exit, 2)
  assert.match(alone.stderr, /say it with --yes/)

  const applied = await expectOk('apply', path, '--yes', '--reason', 'ticket 4711')
  const [, revision = ''] = /Undo: {2}sallyport revisions rollback (\d+)/.exec(applied.stderr) ?? []
  assert.match((await expectOk('revisions', 'show', revision)).stdout, /Why +ticket 4711/)
  assert.match((await expectOk('apply', path, '--yes')).stderr, /Nothing to do/)

  await expectOk('revisions', 'rollback', revision, '--yes')
  await expectOk('export', '--out', path)
  const again = await readFile(path, 'utf8')
  assert.equal(again, edited.replace('wiki2.test', 'wiki.test'))
})

test('whoever sits at the terminal is asked, and anything but yes changes nothing [G6]', async () => {
  const path = file('asked.yaml')
  await writeFile(path, 'groups:\n  - displayName: Night shift\n')
  const no = await run(['apply', path], { columns: 100, stdin: 'no\n' })
  assert.match(no.stderr, /Type yes to go on/)
  assert.equal(no.exit, 1)
  const yes = await run(['apply', path], { columns: 100, stdin: 'yes\n' })
  assert.equal(yes.exit, 0, yes.text)
  assert.match(yes.stdout, /\+ group Night shift/)
})

test('a folder gets a file for each application, keeps what stands where, and goes back whole [G6]', async () => {
  const folder = file('configuration')
  await expectOk('export', '--out', folder)
  assert.deepEqual((await readdir(join(folder, 'applications'))).toSorted(), [
    'shop.yaml',
    'wiki.yaml',
  ])
  await mkdir(join(folder, 'ours'))
  const shop = await readFile(join(folder, 'applications/shop.yaml'), 'utf8')
  await writeFile(join(folder, 'ours/shop.yaml'), `# the shop\n${shop}`)
  await writeFile(join(folder, 'applications/shop.yaml'), '# moved\n')
  await expectOk('groups', 'create', '--name', 'Late')
  await expectOk('export', '--out', folder)
  assert.equal(await readFile(join(folder, 'ours/shop.yaml'), 'utf8'), `# the shop\n${shop}`)
  assert.match(await readFile(join(folder, 'groups.yaml'), 'utf8'), /displayName: Late/)
  assert.equal((await expectOk('diff', folder, '--prune')).stdout, '')
})

test('every mistake is told at once, with file, line, column, and what may have been meant [G4] [G6]', async () => {
  const path = file('mistakes.yaml')
  await writeFile(
    path,
    `groups:
  - displayName: Staff
    desciption: who works here
applications:
  - displayName: Wiki
    connectorGroup: Defualt
    onPremisesPublishing:
      externalUrl: ftp://wiki.contoso.localhost/
    assignments:
      - group: Stuff
`,
  )
  const said = await run(['apply', path, '--yes'])
  assert.equal(said.exit, 1)
  const places = [...said.stderr.matchAll(/^✗ \S+\.yaml:(\d+:\d+) {3}(\S+)/gm)]
  assert.deepEqual(
    places.map(([, place, code]) => [place, code]),
    [
      ['3:5', 'unknown-property'],
      ['6:21', 'unknown-connector-group'],
      ['8:20', 'url-scheme'],
      ['10:16', 'unknown-group'],
    ],
  )
  for (const word of ['description', 'Default', 'Staff'])
    assert.match(said.stderr, new RegExp(`Did you mean ${word}\\?`))
  assert.match(said.stderr, /10 │ {7}- group: Stuff\n {5}│ +\^{5}\n/)
  const { error } = JSON.parse(
    (await run(['diff', path, '--json'])).stderr.trim().split('\n').at(-1) ?? '',
  )
  assert.equal(error.details[0].line, 3)
})

test('what the files do not have goes with --prune alone, and the last segment not unnoticed [G6] [P8]', async () => {
  const path = file('pruned.yaml')
  await writeFile(
    path,
    'applications:\n  - displayName: Shop\n    onPremisesPublishing:\n      onPremisesApplicationSegments: []\n',
  )
  const kept = await expectOk('apply', path, '--dry-run')
  assert.match(kept.stderr, /! Shop loses its last segment: it then publishes every host/)
  assert.doesNotMatch(kept.stdout, /Wiki/)
  const pruned = await expectOk('apply', path, '--dry-run', '--prune')
  assert.match(pruned.stdout, /^- application Wiki$/m)
})

test('the schema is there for editors, and files come from a pipe as well [G6]', async () => {
  const { stdout } = await expectOk('schema')
  assert.equal(JSON.parse(stdout).properties.applications.type, 'array')
  const args = ['--data', join(home, 'edge')]
  await using piped = new RunningCommand('bash', [
    '-c',
    `"$0" src/main.ts export --json ${args.join(' ')} | "$0" src/main.ts diff - ${args.join(' ')}`,
    process.execPath,
  ])
  assert.equal(await piped.exit, 0, piped.stdout)
})

const exported = ['applications', 'people', 'powershell', 'policies'].map(
  (name) => `src/cli/fixture-entra/${name}.json`,
)

test('an Entra configuration is printed with a report, then applied, and is then what the edge has [G6]', async () => {
  const printed = await expectOk('import', 'entra', ...exported)
  assert.match(printed.stdout, /^version: 1\n[\s\S]*displayName: Intranet/)
  assert.match(
    printed.stderr,
    /✗ \S+applications\.json: value\/0\/onPremisesPublishing\/externalUrl/,
  )

  const denied = await run(['import', 'entra', ...exported, '--apply', '--yes'])
  assert.equal(denied.exit, 1)
  assert.match(denied.stderr, /import-open/)

  // Without the page that Graph refused there is nothing left to decide.
  const people = JSON.parse(await readFile(exported[1] ?? '', 'utf8'))
  await writeFile(file('people.json'), JSON.stringify({ responses: people.responses.slice(0, 2) }))
  const { host } = new URL(edge.external('apps'))
  const maps = [
    '--domain-map',
    `msappproxy.net=${host}`,
    '--domain-map',
    'contoso.net=contoso.localhost',
  ]
  const files = [exported[0] ?? '', file('people.json'), ...exported.slice(2)]
  const all = ['import', 'entra', ...files, ...maps]
  const tried = await expectOk(...all, '--apply', '--dry-run')
  assert.match(tried.stdout, /\+ application Intranet/)
  assert.match(tried.stderr, /Nothing was changed/)
  await writeFile(file('entra.yaml'), (await expectOk(...all)).stdout)
  await expectOk(...all, '--apply', '--yes', '--reason', 'off the cloud')
  assert.match((await expectOk('apps', 'show', 'Intranet')).stdout, /Connector group +Berlin/)
  assert.match((await expectOk('assignments', 'list', '--app', 'Intranet')).stdout, /Staff +Group/)
  assert.match(
    (await expectOk('diff', file('entra.yaml'))).stderr,
    /The edge is what the files say/,
  )
  const { stdout } = await expectOk('policies', 'list', '--json')
  const states = JSON.parse(stdout).map((each: { displayName: string; state: string }) => [
    each.displayName,
    each.state,
  ])
  assert.deepEqual(Object.fromEntries(states), {
    'Second factor outside': 'enabled',
    'Managed devices for the intranet': 'enabledForReportingButNotEnforced',
    'No risky sign-ins': 'disabled',
  })
  assert.match((await expectOk('token-lifetimes', 'list')).stdout, /Half an hour/)
})

test('an export in which nothing is published is told so, with what to ask Graph for [G6]', async () => {
  await writeFile(file('empty.json'), '\uFEFF{"value":[]}')
  const said = await run(['import', 'entra', file('empty.json')])
  assert.equal(said.exit, 1)
  assert.match(said.stderr, /\$select=id,appId,displayName,appRoles,onPremisesPublishing/)
  await writeFile(file('broken.json'), '{"value":\n [1,}')
  const broken = await run(['import', 'entra', file('broken.json')])
  assert.match(broken.stderr, /broken\.json:2:5 is no JSON: /)
  assert.equal(broken.exit, 2)
  const map = await run(['import', 'entra', file('empty.json'), '--domain-map', 'x'])
  assert.equal(map.exit, 2)
})

const everything = `version: 1
connectorGroups:
  - name: Berlin
    region: eur
users:
  - { userPrincipalName: eve@contoso.com, displayName: Eve }
groups:
  - displayName: Everybody
    groups: [Day shift]
  - displayName: Day shift
    users: [eve@contoso.com]
namedLocations:
  - "@odata.type": "#microsoft.graph.ipNamedLocation"
    displayName: Office
    isTrusted: true
    ipRanges:
      - { "@odata.type": "#microsoft.graph.iPv4CidrRange", cidrAddress: 198.51.100.0/24 }
tokenLifetimePolicies:
  - displayName: Short
    definition: ['{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"0.00:20:00"}}']
    isOrganizationDefault: false
applications:
  - displayName: Portal
    connectorGroup: Berlin
    tokenLifetimePolicy: Short
    appRoleAssignmentRequired: true
    appRoles:
      - &editor
        id: cccccccc-0000-4000-8000-000000000001
        displayName: Editor
        value: editor
        allowedMemberTypes: [User]
    onPremisesPublishing:
      externalUrl: https://*.portal.test/
      internalUrl: http://*.inside.test/
      allowSiblingSegments: true
      onPremisesApplicationSegments:
        - externalUrl: https://web.portal.test/
          internalUrl: http://web.inside.test/
          corsConfigurations: &rules
            - resource: /
              allowedOrigins: [https://other.test, "https://*.friends.test"]
              allowedMethods: [PUT, DELETE]
              allowedHeaders: [x-ms-*]
              maxAgeInSeconds: 600
        - externalUrl: https://api.portal.test/
          internalUrl: http://api.inside.test:8080/v1/
          corsConfigurations: *rules
      responseHeaderRules:
        - { action: set, name: X-Frame-Options, value: DENY }
    assignments:
      - { group: Everybody, role: editor }
      - { user: eve@contoso.com }
conditionalAccessPolicies:
  - displayName: Office only
    state: enabledForReportingButNotEnforced
    conditions:
      users: { includeGroups: [Everybody] }
      applications: { includeApplications: [Portal] }
      locations: { includeLocations: [All], excludeLocations: [Office] }
      clientAppTypes: [all]
    grantControls: { operator: OR, builtInControls: [block] }
directoryRoles:
  - displayName: Global Administrator
    members: [eve@contoso.com]
`

test('a whole configuration goes to another edge by a file, and is the same there byte for byte [G6]', async () => {
  await writeFile(file('everything.yaml'), everything)
  await using other = await startEdge(join(home, 'other'))
  const there = (...args: readonly string[]) =>
    runCommandLine(args, { environment: { SALLYPORT_DATA: join(home, 'other') } })
  assert.equal(other.facts['ready'], true)
  const made = await there('apply', file('everything.yaml'), '--yes')
  assert.equal(made.exit, 0, made.text)
  const first = await there('export', '--users')
  await writeFile(file('first.yaml'), first.stdout)
  await using third = await startEdge(join(home, 'third'))
  assert.equal(third.facts['ready'], true)
  const elsewhere = (...args: readonly string[]) =>
    runCommandLine(args, { environment: { SALLYPORT_DATA: join(home, 'third') } })
  const applied = await elsewhere('apply', file('first.yaml'), '--prune', '--yes')
  assert.equal(applied.exit, 0, applied.text)
  assert.equal((await elsewhere('export', '--users')).stdout, first.stdout)
  const same = await elsewhere('diff', file('everything.yaml'))
  assert.equal(same.exit, 0, same.text)

  // The export keeps what was written by hand: the anchor, its alias, and nothing else is said twice.
  const exported = await elsewhere('export', '--out', file('everything.yaml'))
  assert.equal(exported.exit, 0, exported.text)
  const kept = await readFile(file('everything.yaml'), 'utf8')
  assert.match(kept, /userPrincipalName: eve@contoso\.com/)
  assert.equal((await elsewhere('diff', file('everything.yaml'), '--prune')).exit, 0)
})

test('what is larger than the edge takes is told with what to do', async () => {
  const half = (name: string) =>
    writeFile(
      file(`${name}.json`),
      JSON.stringify({ groups: [{ displayName: name, description: 'x'.repeat(9_000_000) }] }),
    )
  await Promise.all([half('one'), half('two')])
  const said = await run(['diff', file('one.json'), file('two.json')])
  assert.equal(said.exit, 1)
  assert.match(said.stderr, /Request_EntityTooLarge[\s\S]*in parts/)
})
