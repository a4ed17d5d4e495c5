import assert from 'node:assert/strict'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { describeProgram } from '../../src/cli/program.ts'
import { programOptions } from '../../src/run/command-line.ts'
import { listenInClear } from '../clear-listener.ts'
import { story } from '../command-story.ts'
import { temporaryFolder } from '../folder.ts'
import { HttpClient } from '../http-client.ts'
import { type RunningEdge, startEdge } from '../pieces.ts'
import { pressTab } from '../tab-key.ts'
import {
  keepingSurroundings,
  runCommandLine,
  type Said,
  type TerminalOptions,
  typed,
} from '../terminal.ts'

// One edge for all; most commands run in this process, with streams that are kept.

let edge: RunningEdge
let home: string
const cleaners: AsyncDisposable[] = []

before(async () => {
  const folder = await temporaryFolder()
  cleaners.push(folder)
  home = folder.path
  edge = await startEdge(join(home, 'edge'))
  cleaners.unshift(edge)
})
after(async () => {
  for (const cleaner of cleaners) await cleaner[Symbol.asyncDispose]()
})

/** A command on the edge's own machine. */
function here(line: string | readonly string[], options: TerminalOptions = {}): Promise<Said> {
  const args = typeof line === 'string' ? wordsOf(line) : line
  const environment = { SALLYPORT_DATA: join(home, 'edge'), ...options.environment }
  return runCommandLine(args, { ...options, environment })
}

/** The words of a line as a shell would read them; `{host}` is an external host of the edge. */
function wordsOf(line: string): string[] {
  const words = line.matchAll(/(?:[^\s"]|"[^"]*")+/g)
  const url = (_: string, host: string): string => edge.external(host).slice(0, -1)
  return [...words].map(([word]) => word.replaceAll('"', '').replace(/\{([a-z*]+)\}/g, url))
}

async function expectOk(line: string): Promise<Said> {
  const said = await here(line)
  assert.equal(said.exit, 0, `${line}\n${said.stdout}${said.stderr}`)
  return said
}

test('a day at the command line: everything is published, seen and taken back by name, and every sentence is true [G6]', async () => {
  const wrong: string[] = []
  for (const [line, wanted] of story) {
    const { exit, text } = await here(line)
    if (exit !== 0 || !wanted.test(text)) wrong.push(`${line} (${exit})\n${text}is not ${wanted}`)
  }
  assert.deepEqual(wrong, [])
})

test('policies are made from JSON, tried, enforced and taken back [S8] [G6]', async () => {
  const policy = JSON.stringify({
    ...{ displayName: 'Second factor', state: 'disabled' },
    conditions: {
      users: { includeUsers: ['All'] },
      applications: { includeApplications: ['All'] },
      clientAppTypes: ['browser'],
    },
    grantControls: { operator: 'OR', builtInControls: ['mfa'] },
  })
  const made = await here(['policies', 'create', '--file', policy, '-q'])
  assert.match(made.stdout, /^[0-9a-f-]{36}\n$/, made.stderr)
  assert.match((await expectOk('policies report-only "second factor"')).stderr, /report only/)
  assert.match((await expectOk('policies list')).stdout, /Second factor +report only +mfa/)
  assert.match((await expectOk('policies show "Second factor"')).stdout, /includeUsers +All/)
  const tried = await expectOk('policies what-if --user ann@contoso.com --client browser')
  assert.match(tried.stdout, /yes +Second factor/)
  await here(['policies', 'update', 'Second factor', '--file', '{"displayName":"Two factors"}'])
  assert.match((await expectOk('policies enable "Two factors"')).stderr, /Two factors: enabled/)
  await expectOk('policies disable "Two factors"')
  await expectOk('policies delete "Two factors" --yes')
})

test('every list and view is JSON with the names of the API, and ids alone with -q [G6]', async () => {
  const lists = [
    ...['apps', 'segments', 'cors', 'connectors', 'connector-groups', 'certificates', 'users'],
    ...['groups', 'policies', 'locations', 'token-lifetimes', 'providers', 'roles', 'sign-ins'],
    ...['audit', 'revisions', 'requests', 'contexts'],
  ]
  for (const noun of lists) {
    const { stdout, stderr } = await expectOk(`${noun} list --json`)
    assert.ok(Array.isArray(JSON.parse(stdout)), noun)
    assert.equal(stderr, '', noun)
  }
  const app = JSON.parse((await expectOk('apps show Wiki --json')).stdout)
  assert.equal(app.onPremisesPublishing.internalUrl, 'http://wiki.test/')
  assert.equal((await expectOk('apps list -q')).stdout.trim().split('\n').includes(app.id), true)
  for (const line of [
    'status --json',
    'whoami --json',
    'version --json',
    'explain {wiki}/ --json',
  ]) {
    assert.equal(typeof JSON.parse((await expectOk(line)).stdout), 'object', line)
  }
})

test('--dry-run prints the calls that would be made and makes none; a real change can be undone [G4] [G6]', async () => {
  const before = (await expectOk('audit list --top 1 -q')).stdout
  const tried = await expectOk(
    'apps create --name Gone\u009bm --external {gone}/ --internal http://gone.test/ --dry-run',
  )
  assert.match(
    tried.stdout,
    /^POST \/beta\/applicationTemplates\/\S+\/instantiate \{"displayName":"Gone\\u009bm"\}\nPATCH /,
  )
  const asJson = await expectOk('apps delete Wiki --dry-run --json')
  assert.equal(JSON.parse(asJson.stdout).calls[0].method, 'DELETE')
  assert.equal((await expectOk('audit list --top 1 -q')).stdout, before)

  const changed = await expectOk('apps update Wiki --name Handbook --reason "a better name"')
  const [, revision] = /Revision (\d+)/.exec(changed.stderr) ?? []
  const shown = await expectOk(`revisions show ${revision} --diff`)
  assert.match(
    shown.stdout,
    /Why +a better name[\s\S]*- displayName: Wiki\n {2}\+ displayName: Handbook/,
  )
  assert.match((await expectOk(`audit show ${revision}`)).stdout, /displayName +"?Wiki/)
  await expectOk(`revisions rollback ${revision} --yes`)
  assert.match((await expectOk('apps show Wiki')).stdout, /Name +Wiki/)
})

test('an application that cannot be published whole is not left behind [G4] [G6]', async () => {
  const broken = await here(
    'apps create --name Half --external {half}/ --internal ftp://half.test/',
  )
  assert.equal(broken.exit, 1)
  assert.match(broken.stderr, /onPremisesPublishing\/internalUrl: /)
  assert.equal((await here('apps show Half')).exit, 1)
})

test('a name that means nothing is answered with what comes near, one that means two things with both ids', async () => {
  const unknown = await here('apps show Wikki')
  assert.equal(unknown.exit, 1)
  assert.match(
    unknown.stderr,
    /^✗ not-found {3}There is no application called Wikki\.\n {2}Did you mean Wiki\?\n {2}Fix: {2}sallyport apps list\n {2}More: sallyport errors show not-found\n$/,
  )
  for (const host of ['one', 'two']) {
    await expectOk(
      `apps create --name Twin --external {${host}}/ --internal http://${host}.test/ --everybody`,
    )
  }
  const twice = await here('apps show twin --json')
  assert.equal(twice.exit, 2)
  const { error } = JSON.parse(twice.stderr)
  assert.equal(error.code, 'ambiguous-name')
  assert.equal(error.details.length, 2)
  const [id = ''] = /[0-9a-f-]{36}/.exec(error.details[0].message) ?? []
  assert.match((await expectOk(`apps show ${id}`)).stdout, /Twin/)
})

test('what takes something away asks for its name, and takes no for an answer [P8] [G6]', async () => {
  const question = await here('segments delete api', { columns: 100, stdin: 'no\n' })
  assert.equal(question.exit, 1)
  assert.match(
    question.stderr,
    /It is the last one: Shop then publishes every host of https:\/\/\*\./,
  )
  assert.match(question.stderr, /Type api\.\S+ to go on: /)
  assert.match((await expectOk('segments list')).stdout, /api\./)
  const nobody = await here('segments delete api')
  assert.equal(nobody.exit, 2)
  assert.match(nobody.stderr, /say it with --yes/)
  const [host = ''] = /api\.\S+(?=\/)/.exec(edge.external('api')) ?? []
  const agreed = await here('segments delete api', { columns: 100, stdin: `${host}\n` })
  assert.equal(agreed.exit, 0, agreed.stderr)
})

// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: what we paint with ourselves
const ownStyle = /\u001b\[(?:1|2|22|3[0-9])m/g

test('words of strangers neither move nor colour the terminal, and tables keep to its width', async () => {
  const evil = 'Red \u001b[31m\u009b2J\u202eblind'
  const made = await here(['groups', 'create', '--name', evil])
  assert.equal(made.exit, 0, made.stderr)
  const table = await here('groups list', { columns: 60 })
  const text = table.stdout.replaceAll(ownStyle, '')
  assert.match(text, /Red blind/)
  assert.doesNotMatch(text, unsafe)
  for (const line of text.split('\n')) assert.ok(line.length <= 60, line)
  const id = (await expectOk('groups list -q')).stdout.trim()
  const asked = await here(`groups delete ${id}`, { columns: 60, stdin: 'no\n' })
  assert.doesNotMatch(asked.stderr.replaceAll(ownStyle, ''), unsafe)
  const json = await here('groups list --json')
  assert.doesNotMatch(json.stdout, unsafe)
  assert.ok(
    JSON.parse(json.stdout).some((group: { displayName: string }) => group.displayName === evil),
  )
  const plain = await here('groups list', { columns: 60, environment: { NO_COLOR: '1' } })
  assert.ok(!plain.stdout.includes('\u001b'))
})

test('exit codes tell what went wrong [G6]', async () => {
  const server = `https://localhost:${edge.port}`
  const ca = join(home, 'edge', 'ca.pem')
  await using deaf = await listenInClear()
  const cases: readonly (readonly [number, readonly string[], RegExp])[] = [
    [
      3,
      ['apps', 'list', '--server', server, '--ca', ca],
      /not-signed-in[\s\S]*Fix: {2}sallyport sign-in --server/,
    ],
    [3, ['apps', 'list', '--server', server, '--ca', ca, '--token', 'x.y.z'], /not-signed-in/],
    [5, ['apps', 'list', '--server', server, '--token', 'x'], /certificate-unknown[\s\S]*--ca/],
    [
      5,
      ['apps', 'list', '--server', 'https://localhost:1', '--token', 'x'],
      /Nothing listens at localhost:1/,
    ],
    [
      5,
      ['apps', 'list', '--server', 'https://nowhere.invalid', '--token', 'x'],
      /No address is known/,
    ],
    [
      5,
      ['apps', 'list', '--server', `https://127.0.0.1:${deaf.port}`, '--token', 'x'],
      /not-tls|connection-lost/,
    ],
    [2, ['apps', 'list', '--server', server, '--ca', '/nowhere'], /--ca \/nowhere cannot be read/],
    [1, ['apps', 'list', '--data', join(home, 'nowhere')], /holds no edge/],
  ]
  for (const [exit, args, said] of cases) {
    const answer = await runCommandLine(args)
    assert.match(answer.stderr, said)
    assert.equal(answer.exit, exit, answer.stderr)
    assert.equal(answer.stdout, '')
  }
  const refused = await here('explain http://wiki.contoso.localhost/ --check')
  assert.equal(refused.exit, 4)
})

test('a person signs in with a code in the browser, and the sign-in is kept for its owner alone [G3] [G6]', async () => {
  const environment = { XDG_CONFIG_HOME: join(home, 'config') }
  const password = 'eve may come in for now'
  await writeFile(join(home, 'password'), `${password}\n`)
  const file = join(home, 'password')
  await expectOk(`users create --user-name eve@contoso.com --keep-password --password-file ${file}`)
  await expectOk('roles add "Global Reader" eve@contoso.com')

  await using client = new HttpClient({ ca: edge.ca })
  const shown = Promise.withResolvers<string>()
  const [url, ca] = [`https://localhost:${edge.port}`, join(home, 'edge', 'ca.pem')]
  const server = ['--server', url, '--ca', ca]
  const signingIn = runCommandLine(['sign-in', ...server, '--context', 'work'], {
    environment,
    onOutput: (text) => {
      const [, address] = /Open (https:\S+)/.exec(text) ?? []
      if (address !== undefined) shown.resolve(address)
    },
  })
  const fields = { username: 'eve@contoso.com', password }
  // Where the edge itself is what people sign in for, only failures are in the log.
  const wrong = { ...fields, password: 'a guess' }
  let done = await client.navigate(await shown.promise)
  for (let step = 0; step < 4 && !done.text.includes('is let in'); step++) {
    const asks = done.text.includes('name="password"')
    if (asks) done = await client.submit(done, wrong)
    done = await client.submit(done, asks ? fields : {})
  }
  assert.match(done.text, /The program is let in/)
  const signedIn = await signingIn
  assert.equal(signedIn.exit, 0, signedIn.text)

  const kept = join(home, 'config', 'sallyport', 'config.json')
  assert.equal((await stat(kept)).mode & 0o777, 0o600)
  const who = await runCommandLine(['whoami'], { environment })
  assert.match(
    who.stdout,
    /Who +eve@contoso\.com[\s\S]*By +sallyport sign-in\nMay +.*Directory\.Read\.All/,
    who.text,
  )
  assert.equal((await runCommandLine(['apps', 'list'], { environment })).exit, 0)
  const forbidden = await runCommandLine(['apps', 'maintenance', 'Wiki', 'on'], { environment })
  assert.equal(forbidden.exit, 4)
  assert.match(forbidden.stderr, /needs a permission that you do not have/)
  // What somebody owns they look after, through this program too, and no further than that.
  await expectOk('owners add --app Wiki --owner eve@contoso.com')
  assert.match((await expectOk('owners list --app Wiki')).stdout, /eve@contoso\.com +user/)
  assert.match((await expectOk('owners list --user eve@contoso.com')).stdout, /Wiki +application/)
  const asOwner = await runCommandLine(['apps', 'maintenance', 'Wiki', 'on'], { environment })
  assert.equal(asOwner.exit, 0, asOwner.text)
  const move = ['apps', 'update', 'Wiki', '--set', 'internalUrl=http://elsewhere.test/']
  const moved = await runCommandLine(move, { environment })
  assert.equal(moved.exit, 4, moved.text)
  await expectOk('owners remove --app Wiki --owner eve@contoso.com --yes')
  const later = await runCommandLine(['apps', 'maintenance', 'Wiki', 'off'], { environment })
  assert.equal(later.exit, 4)
  await expectOk('apps maintenance Wiki off')
  // A token is for its own edge alone.
  const elsewhere = ['apps', 'list', '--server', 'https://elsewhere.invalid']
  assert.equal((await runCommandLine(elsewhere, { environment })).exit, 3)
  assert.match(
    (await runCommandLine(['contexts', 'list'], { environment })).stdout,
    /\* +work +https:/,
  )
  assert.equal((await runCommandLine(['contexts', 'use', 'work'], { environment })).exit, 0)
  let signIn = ''
  // The log is written once a second.
  while (signIn === '') {
    const { stdout } = await expectOk('sign-ins list --user eve@contoso.com -q')
    signIn = stdout.split('\n')[0] ?? ''
  }
  assert.match((await expectOk(`sign-ins show ${signIn}`)).stdout, /Who +eve@/)
  const config = await readFile(kept, 'utf8')
  await writeFile(kept, config.replace(/"tokenExpiresAt": \d+/, '"tokenExpiresAt": 0'))
  // A refresh token that is used twice ends the sign-in.
  const atOnce = [1, 2, 3].map(() => runCommandLine(['apps', 'list'], { environment }))
  assert.deepEqual(
    (await Promise.all(atOnce)).map(({ exit }) => exit),
    [0, 0, 0],
  )
  await expectOk('users sign-out eve@contoso.com')
  assert.equal((await runCommandLine(['apps', 'list'], { environment })).exit, 3)
  assert.match((await runCommandLine(['sign-out'], { environment })).stderr, /Signed out of/)
  assert.doesNotMatch(await readFile(kept, 'utf8'), /token/i)
})

test('requests are told as they happen, with the reason why they were refused [G5] [G6]', async () => {
  await using client = new HttpClient({ ca: edge.ca })
  const told = Promise.withResolvers<void>()
  const tailing = here('tail --count 1 --code cors-no-rule', {
    onOutput: (text) => text.includes('Waiting') && told.resolve(),
  })
  await told.promise
  await client.request(`${edge.external('wiki')}page`, {
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'PUT' },
  })
  const { exit, stdout } = await tailing
  assert.equal(exit, 0)
  assert.match(stdout, / 403 .* OPTIONS https:\/\/wiki\.\S+page [\s\S]*✗ cors-no-rule: /)
  const [, id] = /page (\S+)/.exec(stdout) ?? []
  const shown = await expectOk(`requests show ${id}`)
  assert.match(shown.stdout, /✗ {2}cors +cors-no-rule[\s\S]*Fix: {2}sallyport cors allow wiki\./)
})

test('a real process says the same, and a Tab in bash completes commands, options and names [G6]', async () => {
  const mail = '--external {mail}/ --internal http://mail.test/'
  await expectOk(`segments create --app Shop ${mail}`)
  const environment = { SALLYPORT_DATA: join(home, 'edge'), XDG_CONFIG_HOME: home }
  const [verbs, names, begun, port, words] = await pressTab(join(home, 'shell'), environment, [
    ['sallyport', 'apps', 'sh'],
    ['sallyport', 'apps', 'show', ''],
    ['sallyport', 'apps', 'show', '"Wi'],
    ['sallyport', 'cors', 'allow', 'mail.contoso.localhost', ':'],
    ['sallyport', 'apps', 'maintenance', '$(touch "$0.evaluated")', 'o'],
  ])
  assert.equal(verbs, 'show|')
  assert.match(names ?? '', /(?:^|\|)Wiki\|/)
  assert.equal(begun, 'Wiki|')
  assert.equal(port, `${edge.port}|`)
  assert.equal(words, 'on|off|')
  await assert.rejects(stat(join(home, 'shell.evaluated')))
})

// With things that are really there: command-line.ts, configuration-files.ts and others of test/journeys/more. Completion is for
// shells, above.
const typedElsewhere =
  /^(?:(?:connector|certificate|provider|program)[a-z-]* |complet|(?:export|diff|apply|schema|doctor connector|import)\b)/

test('every command that there is was typed', async () => {
  const surroundings = keepingSurroundings({ stdout: '', stderr: '', text: '' })
  const entries = await describeProgram(programOptions(surroundings))
  const commands = entries.filter(({ verbs, isProcess }) => verbs.length === 0 && !isProcess)
  const words = [...typed]
  const untyped = commands
    .map(({ path }) => path.join(' '))
    .filter((name) => !words.some((line) => line === name || line.startsWith(`${name} `)))
    .filter((name) => !typedElsewhere.test(name))
  assert.deepEqual(untyped, [])
})
