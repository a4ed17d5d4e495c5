import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { blocksOf, commandsOf, shellBegin } from '../../documents/commands.ts'
import { temporaryFolder } from '../../folder.ts'
import { freePort } from '../../free-port.ts'
import { RunningCommand } from '../../process.ts'

// The shell leads a process group of its own, with everything that the page starts.
const ending = 'trap \'trap "" TERM; kill -- -$$\' EXIT'

test('the page for newcomers leads from nothing to a published application, as it is printed but for the ports [K1] [P1] [G6]', async () => {
  await using folder = await temporaryFolder()
  const page = readFileSync('docs/getting-started.md', 'utf8')
  const commands = commandsOf(page)
    .replaceAll('9443', String(await freePort()))
    .replaceAll('8080', String(await freePort()))
  await using shell = new RunningCommand(
    'bash',
    ['-c', [shellBegin(folder.path), 'unset -f curl', ending, commands].join('\n')],
    { env: { NO_COLOR: '1' } },
  )
  assert.equal(await shell.exit, 0, shell.stdout)
  assert.match(shell.stdout, /Hello/)
  assert.match(shell.stdout, /"code":"signed-out"/)
  assert.match(shell.stdout, /docs\/errors\/signed-out"/)
  assert.match(shell.stdout, /# `signed-out`: Nobody is signed in/)
})

// Neither says a word on its standard output before it is ready.
const untilItSpeaks = '$& >$1.out & until [ -s $1.out ]; do sleep 0.1; done'

// npm itself is left out: it installs what is locked, and runs what stands behind the dashes.
const npm = 'npm() { while [ "$1" != -- ]; do shift; done; shift; sallyport "$@"; }'

test('what the first page says about running it for real leads to an edge, a connector that serves it, and an answer of the API [K1] [G1]', async () => {
  await using folder = await temporaryFolder()
  const port = String(await freePort())
  const commands = blocksOf(readFileSync('README.md', 'utf8'))
    .filter((block) => block.includes('npm run'))
    .join('\n')
    .replaceAll('9443', port)
    // These go on for ever, on machines of their own.
    .replaceAll(/^npm run sallyport -- (edge|connector) .*$/gm, untilItSpeaks)
  const begin = shellBegin(folder.path).replace('exec 2>&1', '')
  await using shell = new RunningCommand(
    'bash',
    ['-c', [begin, npm, ending, commands, 'npm run sallyport -- connectors list'].join('\n')],
    { env: { NO_COLOR: '1', SALLYPORT_DATA: join(folder.path, 'edge-data') } },
  )
  assert.equal(await shell.exit, 0, shell.stdout + shell.stderr)
  assert.match(shell.stdout, /"value":\[/)
  assert.match(shell.stdout, /active +Default/)
})
