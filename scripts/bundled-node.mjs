import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Where the command of the Node that comes with the dependencies stands. */
export function bundledNode(root) {
  return join(root, 'node_modules', '.bin', 'node')
}

/** Puts the command there where npm did not: 9.2, which Debian 12 has, passes over those of optional dependencies. */
export function linkBundledNode(root, platform = process.platform, arch = process.arch) {
  const command = bundledNode(root)
  const packages = [`node-${platform}-${arch}`, `node-bin-${platform}-${arch}`]
  const found = packages
    .map((name) => join(root, 'node_modules', name, 'bin', 'node'))
    .find((path) => existsSync(path))
  if (existsSync(command) || !found) return
  mkdirSync(dirname(command), { recursive: true })
  symlinkSync(relative(dirname(command), found), command)
}
