import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

// Debian keeps servers where an ordinary user's PATH does not look.
const systemFolders = ['/usr/sbin', '/sbin']

const programs = [
  { command: 'nginx', debianPackage: 'nginx-light' },
  { command: 'wrk', debianPackage: 'wrk' },
  { command: 'taskset', debianPackage: 'util-linux' },
] as const

/** Sees to nginx and wrk: installs them where that is possible, else says what is missing. undefined: all there. */
export function missingPrograms(tell: (line: string) => void): string | undefined {
  process.env['PATH'] = [process.env['PATH'] ?? '', ...systemFolders].join(delimiter)
  const lacking = programs.filter(({ command }) => !isThere(command))
  if (lacking.length === 0) return undefined
  const names = lacking.map(({ debianPackage }) => debianPackage).join(' ')
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    tell(`installing ${names} from Debian …`)
    apt('update', '--quiet')
    apt('install', '--yes', '--quiet', '--no-install-recommends', ...names.split(' '))
  }
  const still = lacking.filter(({ command }) => !isThere(command))
  if (still.length === 0) return undefined
  const commands = still.map(({ command }) => command).join(', ')
  return `the benchmark needs ${commands}; please install it (sudo apt-get install ${names}) and run it again`
}

function isThere(command: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, command)))
}

function apt(...args: readonly string[]): void {
  spawnSync('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
