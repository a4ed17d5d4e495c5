// Bundles the command line into dist/cli-<build>, when its sources are others than those of the build there: stripped of types,
// and few files to open, so that its first word comes soon. Plain JavaScript, because the setup calls it under whatever
// Node the system has; the bundler itself runs on the pinned one.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundledNode } from './bundled-node.mjs'
import { buildFile, findBuild } from './command-line-build.mjs'
import { holdSetupLock } from './setup-lock.mjs'

/** Whether the build there is what the sources make. */
export function isCommandLineBuilt(root) {
  return findBuild(root) !== undefined
}

/**
 * Bundles it, unless that is done already, one at a time. Each build has a folder of its own, and the one before stays: a
 * command that runs just now may still have parts to load. Resolves to undefined, or to what the bundler complained about.
 */
export async function buildCommandLine(folder) {
  const root = resolve(folder)
  const lock = await holdSetupLock(join(root, 'dist', 'cli'), () => {})
  try {
    return isCommandLineBuilt(root) ? undefined : build(root)
  } finally {
    lock.release()
  }
}

function build(root) {
  const folder = join(root, 'dist')
  const made = join(folder, `cli-making-${process.pid}`)
  mkdirSync(made, { recursive: true })
  try {
    const complaint = runBundler(root, made)
    if (complaint !== undefined) return complaint
    const inputs = readFileSync(join(made, 'inputs.json'), 'utf8')
    const name = `cli-${createHash('sha256').update(inputs).digest('hex').slice(0, 16)}`
    const before = currentBuild(root)
    const facts = { entry: `dist/${name}/main.js`, inputs: JSON.parse(inputs) }
    if (!existsSync(join(folder, name))) renameSync(made, join(folder, name))
    writeFileSync(join(folder, name, 'build.json'), JSON.stringify(facts))
    // Renamed, so that nobody ever reads half of it.
    renameSync(join(folder, name, 'build.json'), join(root, buildFile))
    removeOthers(folder, [name, before])
    return undefined
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

function currentBuild(root) {
  try {
    return JSON.parse(readFileSync(join(root, buildFile), 'utf8'))
      .entry.split('/')
      .at(-2)
  } catch {
    // There was none.
    return undefined
  }
}

function removeOthers(folder, kept) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (/^cli-[0-9a-f]{16}$/.test(entry.name) && !kept.includes(entry.name)) {
      rmSync(join(folder, entry.name), { recursive: true, force: true })
    }
  }
}

function runBundler(root, outDir) {
  const pinned = bundledNode(root)
  const node = existsSync(pinned) ? pinned : process.execPath
  const bundler = fileURLToPath(new URL('bundle-command-line.mjs', import.meta.url))
  const options = { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production' } }
  const { status, error, stdout, stderr } = spawnSync(node, [bundler, outDir], options)
  if (error) return error.message
  return status === 0 ? undefined : `${stdout}${stderr}` || `exit code ${status}`
}
