// Builds the portal into dist/portal, when its sources are newer than the build there: `npm run portal`. Plain
// JavaScript, because the setup calls it under whatever Node the system has; Vite itself runs on the pinned one.
import { spawn } from 'node:child_process'
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
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { bundledNode } from './bundled-node.mjs'
import { holdSetupLock } from './setup-lock.mjs'

// Everything else that a build is made of is in the lockfile.
const inputs = ['src/portal', 'vite.config.ts', 'package-lock.json']

/** Whether `dist/portal` is what its sources make. Takes some milliseconds: contents count, times do not. */
export function isPortalBuilt(root) {
  const stamp = stampFile(root)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashInputs(root)
}

/**
 * Builds it, unless it is built already, one at a time. Beside the one that is there, and then they are swapped, so that
 * nobody is ever served half a portal. Resolves to undefined, or to what the builder complained about.
 */
export async function buildPortal(folder) {
  const root = resolve(folder)
  // Another lock than that of the setup, which calls this while it holds its own.
  const lock = await holdSetupLock(join(root, 'dist'), () => {})
  try {
    return isPortalBuilt(root) ? undefined : await build(root)
  } finally {
    lock.release()
  }
}

async function build(root) {
  const hash = hashInputs(root)
  const made = join(root, 'dist', `portal-${process.pid}`)
  const target = join(root, 'dist', 'portal')
  const old = `${made}-old`
  mkdirSync(made, { recursive: true })
  try {
    const complaint = await runVite(root, made)
    if (complaint !== undefined) return complaint
    compress(made)
    rmSync(stampFile(root), { force: true })
    if (existsSync(target)) renameSync(target, old)
    renameSync(made, target)
    writeFileSync(stampFile(root), hash)
    return undefined
  } finally {
    for (const folder of [made, old]) rmSync(folder, { recursive: true, force: true })
  }
}

/** Each file once more in both codings, so that nobody waits for that when it is asked for. */
function compress(folder) {
  for (const name of readdirSync(folder, { recursive: true })) {
    const file = join(folder, name)
    if (!/\.(?:js|css|svg|html)$/.test(name)) continue
    const bytes = readFileSync(file)
    const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality }
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }))
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
  }
}

// 11 takes 2 s more for 2 % less.
const brotliQuality = 9

function stampFile(root) {
  return join(root, 'dist', 'portal.stamp')
}

function hashInputs(root) {
  const hash = createHash('sha256')
  for (const file of inputs.flatMap((path) => filesOf(root, path))) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesOf(root, path) {
  if (/\.[a-z]+$/.test(path)) return /\.test\.ts$/.test(path) ? [] : [path]
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesOf(root, `${path}/${name}`))
}

function runVite(root, outDir) {
  const pinned = bundledNode(root)
  const node = existsSync(pinned) ? pinned : process.execPath
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  return new Promise((resolve) => {
    const child = spawn(node, [vite, 'build'], {
      cwd: root,
      env: { ...process.env, PORTAL_OUT: outDir, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    const listen = (chunk) => {
      said += chunk
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code) => resolve(code === 0 ? undefined : said || `exit code ${code}`))
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const complaint = await buildPortal(dirname(dirname(fileURLToPath(import.meta.url))))
  if (complaint !== undefined) {
    process.stderr.write(`${complaint}\n`)
    process.exitCode = 1
  }
}
