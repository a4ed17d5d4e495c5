// Brings a fresh machine up: `node scripts/setup.mjs start|test`. Plain JavaScript without dependencies, because it
// runs before there are any, and under whatever Node the system has (18 and later). It speaks on stderr only, so that
// `npm start -- --json` keeps stdout for itself, and it says nothing when there is nothing to do.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundledNode, linkBundledNode } from './bundled-node.mjs'
import { buildCommandLine, isCommandLineBuilt } from './command-line.mjs'
import { endWithParent, takeAlong } from './end-of-setup.mjs'
import { passedOver, staleReason } from './lockfile.mjs'
import { buildPortal, isPortalBuilt } from './portal.mjs'
import { holdSetupLock } from './setup-lock.mjs'
import { missingTools } from './tools.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pinnedNode = bundledNode(root)

// Have lockfiles and node_modules of their own, so that whoever only starts Sallyport does without them.
const forTests = [
  { folder: 'real-application', name: 'Node-RED', use: 'publish Node-RED', size: '120 MB' },
  { folder: 'oldest-node', name: 'Node 18', use: 'try the setup under Node 18', size: '145 MB' },
].map((each) => ({ ...each, folder: join(root, 'test', each.folder) }))

// engines.node in package.json: the oldest Node that has everything Sallyport uses.
const oldestNode = [24, 15]

const npmQuiet = ['--no-audit', '--no-fund', '--loglevel=error']

// Long enough not to chatter, short enough that nobody thinks it hangs.
const heartbeatMs = 5_000

/** A problem that a person has to solve; its message is all they get to see. */
class SetupProblem extends Error {}

try {
  await setUp(process.argv[2] ?? 'start')
} catch (problem) {
  if (!(problem instanceof SetupProblem)) throw problem
  say(problem.message)
  process.exitCode = 1
}

async function setUp(purpose) {
  const withTools = purpose === 'test'
  // The lock is taken only when there is something to do: the ordinary start shall not pay for it.
  if (isReady(withTools)) return
  endWithParent()
  const lock = await holdSetupLock(root, () => say('another run is setting up; waiting for it …'))
  try {
    await installDependencies(withTools)
    await ensureRuntime()
    await installPassedOver(withTools)
    await ensurePortal()
    await ensureCommandLine()
    if (withTools) await installForTests()
    if (withTools) await installTools(missingTools())
  } finally {
    lock.release()
  }
}

function isReady(withTools) {
  if (staleReason(root, { development: withTools })) return false
  if (runtimeProblem() || !isPortalBuilt(root) || !isCommandLineBuilt(root)) return false
  if (passedOver(root, { development: withTools }).length > 0) return false
  if (!withTools) return true
  return missingTools().length === 0 && forTests.every(({ folder }) => isInstalled(folder))
}

async function installDependencies(withTools) {
  const reason = staleReason(root, { development: withTools })
  if (!reason) return
  say(`${reason}: installing the locked dependencies (about 400 MB on disk, usually 10 to 60 s) …`)
  await withHeartbeat('dependencies', () => runNpmCi(root))
}

/** npm of an old Node leaves out the native parts of tools that want a newer one; npm of the bundled Node adds them. */
async function installPassedOver(withTools) {
  const missing = passedOver(root, { development: withTools })
  if (missing.length === 0 || !existsSync(pinnedNode)) return
  say('this npm runs on an old Node: adding what it passed over …')
  await withHeartbeat('the rest', () => runNpmOnBundledNode())
  // npm has made `.bin` anew, without the command that it does not know of.
  linkBundledNode(root)
  const still = passedOver(root, { development: withTools })
  if (still.length > 0) throw new SetupProblem(`npm leaves these out: ${still.join(', ')}`)
}

async function runNpmOnBundledNode() {
  const npm = process.env['npm_execpath']
  const flags = ['install', '--no-save', `--prefix=${root}`, '--ignore-scripts', ...npmQuiet]
  const [command, args] = npm ? [pinnedNode, [npm, ...flags]] : ['npm', flags]
  // npm itself is a script that takes the first `node` of PATH.
  const environment = { PATH: [dirname(pinnedNode), process.env['PATH']].join(delimiter) }
  const code = await run(command, args, { environment, onStart: takeAlong })
  if (code !== 0) throw new SetupProblem(`npm install failed (exit code ${code}); see above`)
}

async function installForTests() {
  for (const { folder, name, use, size } of forTests) {
    if (isInstalled(folder)) continue
    say(`the tests ${use}: installing it (about ${size} on disk, usually 5 to 30 s) …`)
    await withHeartbeat(name, () => runNpmCi(folder))
  }
}

function isInstalled(folder) {
  return !staleReason(folder, { development: true })
}

/** Runs work of unknown length and lets a person know that it goes on, and how long it took. */
async function withHeartbeat(what, work) {
  const started = Date.now()
  const heartbeat = setInterval(() => say(`still installing, ${seconds(started)} …`), heartbeatMs)
  try {
    await work()
  } finally {
    clearInterval(heartbeat)
  }
  say(`${what} installed in ${seconds(started)}`)
}

async function runNpmCi(folder) {
  // npm-cli.js under npm's own Node: `npm` from PATH would run on the Node in node_modules, which `npm ci` deletes.
  const npm = process.env['npm_execpath']
  const node = process.env['npm_node_execpath'] ?? process.execPath
  const flags = ['ci', `--prefix=${folder}`, '--ignore-scripts', ...npmQuiet]
  const [command, args] = npm ? [node, [npm, ...flags]] : ['npm', flags]
  // Broken off it starts afresh the next time. apt-get is let finish: a half-configured package needs a person.
  const code = await run(command, args, { onStart: takeAlong })
  if (code === 0) return
  throw new SetupProblem(
    `npm ci failed (exit code ${code}); its message is above. Without a network it cannot work the first time.`,
  )
}

async function ensureRuntime() {
  linkBundledNode(root)
  const problem = runtimeProblem()
  if (!problem) return
  if (!problem.library) throw new SetupProblem(problem.message)
  await installDebianPackages([problem.library], problem.message)
  const still = runtimeProblem()
  if (still) throw new SetupProblem(still.message)
}

async function ensurePortal() {
  if (isPortalBuilt(root)) return
  say('building the portal …')
  const complaint = await buildPortal(root)
  if (complaint !== undefined) throw new SetupProblem(`the portal could not be built: ${complaint}`)
}

async function ensureCommandLine() {
  if (isCommandLineBuilt(root)) return
  say('bundling the command line …')
  const complaint = await buildCommandLine(root)
  // It runs from its sources as well, and only begins later.
  if (complaint !== undefined) say(`the command line could not be bundled: ${complaint}`)
}

/** Why Sallyport could not run here, or undefined. `library` is the Debian package that would cure it. */
function runtimeProblem() {
  const node = existsSync(pinnedNode) ? pinnedNode : process.execPath
  const probe = spawnSync(node, ['--version'], { encoding: 'utf8' })
  if (probe.status !== 0) {
    // Node ≥ 25 is linked against libatomic.so.1, which slim images lack.
    if (/libatomic\.so\.1/.test(probe.stderr)) {
      return { library: 'libatomic1', message: 'the bundled Node needs libatomic.so.1' }
    }
    const said = probe.stderr.trim() || String(probe.error ?? `exit code ${probe.status}`)
    return { message: `the bundled Node does not start: ${said}` }
  }
  const [major = 0, minor = 0] = probe.stdout.trim().slice(1).split('.').map(Number)
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return undefined
  return {
    message:
      `there is no bundled Node for ${process.platform} ${process.arch}, and the one here is ` +
      `${probe.stdout.trim()}; install Node ${oldestNode.join('.')} or later and run this again`,
  }
}

async function installTools(tools) {
  if (tools.length === 0) return
  const names = tools.map((tool) => tool.command).join(', ')
  await installDebianPackages(
    tools.map((tool) => tool.debianPackage),
    `the tests need ${names}`,
  )
  const still = missingTools().map((tool) => tool.command)
  if (still.length > 0) throw new SetupProblem(`still missing after the installation: ${still}`)
}

async function installDebianPackages(packages, why) {
  const install = ['install', '--yes', '--quiet', '--no-install-recommends', ...packages]
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    const cure = existsSync('/usr/bin/apt-get')
      ? `sudo apt-get install ${packages.join(' ')}`
      : `what Debian calls ${packages.join(', ')}`
    throw new SetupProblem(`${why}. Please install it (${cure}) and run the same command again.`)
  }
  say(`${why}: installing ${packages.join(', ')} from Debian …`)
  await withHeartbeat(packages.join(', '), async () => {
    // One dead package source fails an update that was good enough; the installation will tell.
    await runApt(['update', '--quiet'])
    const code = await runApt(install)
    if (code !== 0) throw new SetupProblem(`apt-get failed (exit code ${code}); see above`)
  })
}

function runApt(args) {
  return run('apt-get', args, { environment: { DEBIAN_FRONTEND: 'noninteractive' } })
}

/** Runs a command of which only the complaints are shown; the exit code comes back. */
function run(command, args, { environment = {}, onStart = () => {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', process.stderr],
    })
    onStart(child)
    child.once('error', (error) => {
      say(`${command}: ${error.message}`)
      resolve(127)
    })
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

function say(sentence) {
  process.stderr.write(`sallyport setup: ${sentence}\n`)
}

function seconds(startedMs) {
  return `${Math.round((Date.now() - startedMs) / 1000)} s`
}
