import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { before, test } from 'node:test'
import { promisify } from 'node:util'
import { temporaryFolder } from './folder.ts'

// Plain JavaScript, because the setup calls it under older Nodes than the rest; these are its types.
interface BuildModule {
  /** The file to start; undefined when its sources are others. */
  findBuild(root: string): string | undefined
}
interface BuilderModule {
  /** What the bundler complained about. */
  buildCommandLine(root: string): Promise<string | undefined>
}

const script = (name: string): string => new URL(`../scripts/${name}`, import.meta.url).href
const { findBuild }: BuildModule = await import(script('command-line-build.mjs'))
const { buildCommandLine }: BuilderModule = await import(script('command-line.mjs'))
const run = promisify(execFile)

before(async () => assert.equal(await buildCommandLine('.'), undefined))

// Tells every module that a process loads, when it ends.
const hooks = `import { registerHooks } from 'node:module'
  const loaded = []
  registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context) } })
  process.on('exit', () => process.stderr.write(loaded.join(' ')))`
const hook = `--import=data:text/javascript,${encodeURIComponent(hooks)}`

/** Every module that a command line loads from the sources. */
async function modulesOf(...args: readonly string[]): Promise<readonly string[]> {
  const { stderr } = await run(process.execPath, [hook, 'src/main.ts', ...args])
  return stderr.split(' ').map((url) => url.replace(/^.*?\/(?=src\/|node_modules\/)/, ''))
}

// Each module more costs half a millisecond before the first word; the libraries of edge and HTTPS cost 30 and more.
const heavy =
  /^node:(?:https?|tls|net|crypto|readline|sqlite)$|node_modules\/(?:pino|yaml|undici|jose|zod)\/|^src\/(?:edge|graph|directory)\//
for (const [args, most] of [
  [['--help'], 45],
  [['complete', '--', 'apps', 'sh'], 70],
] as const) {
  test(`sallyport ${args.join(' ')} loads at most ${most} modules, and nothing heavy [G6]`, async () => {
    const modules = await modulesOf(...args)
    // What reads addresses among options.
    const needless = modules.filter((name) => heavy.test(name) && name !== 'node:net')
    assert.deepEqual(needless, [])
    assert.ok(modules.length > 20 && modules.length <= most, `${modules.length}`)
  })
}

test('the bundled command line is the one that starts, through a link and from anywhere, and knows its documents [G6]', async () => {
  await using folder = await temporaryFolder()
  const entry = findBuild('.')
  assert.match(entry ?? '', /^dist\/cli-[0-9a-f]{16}\/main\.js$/)
  await symlink(resolve('bin/sallyport'), join(folder.path, 'sallyport'))
  const options = { cwd: folder.path, env: { ...process.env, NODE_OPTIONS: hook } }
  const { stdout, stderr } = await run('./sallyport', ['errors', 'show', 'no-connector'], options)
  assert.equal(stdout.trim(), readFileSync('docs/errors/no-connector.md', 'utf8').trim())
  assert.ok(stderr.includes(`/${entry}`))
  assert.doesNotMatch(stderr, /\/src\//)
})

test('what runs a process is no part of the bundle, and its failures are told all the same', async () => {
  await using folder = await temporaryFolder()
  const { path } = folder
  const said = await run('bin/sallyport', ['token', '--data', path]).catch(
    (thrown: { readonly stderr: string }) => thrown,
  )
  const sentence = `${path} holds no edge. Give the --data that the edge was started with. (invalid)`
  assert.equal(said.stderr.trim(), `✗ ${sentence}`)
})

test('a build counts as long as each of its sources is what it was, and no longer', async () => {
  await using folder = await temporaryFolder()
  const root = folder.path
  const source = join(root, 'src/main.ts')
  await mkdir(join(root, 'src'))
  await mkdir(join(root, 'dist'))
  const inputs = [['src/main.ts', 3, 1_700_000_000_123.5]]
  await writeFile(
    join(root, 'dist/cli.json'),
    JSON.stringify({ entry: 'dist/cli-1/main.js', inputs }),
  )
  assert.equal(findBuild(root), undefined)
  await writeFile(source, 'abc')
  assert.equal(findBuild(root), undefined)
  await utimes(source, 1_700_000_000, 1_700_000_000.1235)
  assert.equal(findBuild(root), 'dist/cli-1/main.js')
  await writeFile(join(root, 'dist/cli.json'), '{')
  assert.equal(findBuild(root), undefined)
})
