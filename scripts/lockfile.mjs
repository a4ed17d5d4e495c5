// What package-lock.json promises, what node_modules holds, and what the lockfile must look like.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Why the installed packages do not serve, as the start of a sentence; undefined when they do. npm writes
 * `node_modules/.package-lock.json` last, so a broken installation has none. `development: false` leaves the
 * development packages out of the comparison: a machine installed with `--omit=dev` may start.
 */
export function staleReason(root, { development }) {
  const installedFile = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installedFile)) return 'first run here'
  const locked = readPackages(join(root, 'package-lock.json'))
  const installed = readPackages(installedFile)
  for (const [path, want] of Object.entries(locked)) {
    if (path === '' || (want.dev && !development)) continue
    const have = installed[path]
    // Optional ones are for other machines: absent is fine, another version is not.
    if (!have && (want.optional || want.devOptional)) continue
    if (have?.version !== want.version || have?.integrity !== want.integrity) {
      return `${path.replace('node_modules/', '')} is not at its locked version`
    }
  }
  return undefined
}

/**
 * Packages that are for this machine and that npm passed over all the same, because they are optional and the Node that
 * npm ran on is too old for them. `machine` is `{ platform, arch, libc }`, `libc` undefined where there is no such choice.
 */
export function passedOver(root, { development }, machine = thisMachine()) {
  return Object.entries(readPackages(join(root, 'package-lock.json')))
    .filter(([, want]) => want.optional && !(want.dev && !development) && isFor(want, machine))
    .map(([path]) => path)
    .filter((path) => !existsSync(join(root, path)))
}

function isFor({ os, cpu, libc }, machine) {
  // Without any of these nothing says that it is for this machine alone.
  if (!os && !cpu) return false
  const fits = (list, mine) => !list || mine === undefined || list.includes(mine)
  return fits(os, machine.platform) && fits(cpu, machine.arch) && fits(libc, machine.libc)
}

function thisMachine() {
  const { platform, arch } = process
  if (platform !== 'linux') return { platform, arch, libc: undefined }
  // Otherwise the report looks up the names of peers, which takes its time.
  process.report.excludeNetwork = true
  const glibc = process.report.getReport().header.glibcVersionRuntime
  return { platform, arch, libc: glibc ? 'glibc' : 'musl' }
}

/** What is wrong with a lockfile, one sentence each: every package by version and integrity, no address, no script. */
export function lockfileProblems(file) {
  const problems = []
  for (const [path, entry] of Object.entries(readPackages(file))) {
    if (path === '') continue
    // A bundled package comes inside another one, whose integrity covers it.
    const sealed = entry.version && (entry.integrity || entry.inBundle)
    if (!sealed) problems.push(`${path} lacks a version or integrity`)
    if (entry.resolved) problems.push(`${path} holds a download address`)
    if (entry.hasInstallScript) problems.push(`${path} has an install script`)
  }
  return problems
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages
}
