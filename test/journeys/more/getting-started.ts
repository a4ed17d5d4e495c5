import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { commandsOf, shellBegin } from '../../documents/commands.ts'
import { temporaryFolder } from '../../folder.ts'
import { RunningCommand } from '../../process.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { readonly port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

test('the page for newcomers leads from nothing to a published application, as it is printed but for the ports [K1] [P1] [G6]', async () => {
  await using folder = await temporaryFolder()
  const page = readFileSync('docs/getting-started.md', 'utf8')
  const commands = commandsOf(page)
    .replaceAll('9443', String(await freePort()))
    .replaceAll('8080', String(await freePort()))
  // The shell leads a process group of its own, with everything that the page starts.
  const ending = 'trap \'trap "" TERM; kill -- -$$\' EXIT'
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
