import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

// Debian keeps servers where an ordinary user's PATH does not look, and Go's own archive unpacks to /usr/local/go.
const otherFolders = ['/usr/sbin', '/sbin', '/usr/local/go/bin']

/** A program and the Debian packages that bring it; `file` when the command alone does not tell that it is there. */
export interface Program {
  readonly command: string
  readonly debianPackages: readonly string[]
  readonly file?: string
}

/** Programs of Debian that the benchmark uses, by what they are for. */
export const programs = {
  nginx: { command: 'nginx', debianPackages: ['nginx-light'] },
  wrk: { command: 'wrk', debianPackages: ['wrk'] },
  h2load: { command: 'h2load', debianPackages: ['nghttp2-client'] },
  curl: { command: 'curl', debianPackages: ['curl'] },
  taskset: { command: 'taskset', debianPackages: ['util-linux'] },
  haproxy: { command: 'haproxy', debianPackages: ['haproxy'] },
  caddy: { command: 'caddy', debianPackages: ['caddy'] },
  apache: {
    command: 'apache2',
    debianPackages: ['apache2', 'libapache2-mod-auth-openidc'],
    file: '/usr/lib/apache2/modules/mod_auth_openidc.so',
  },
  go: { command: 'go', debianPackages: ['golang-go'] },
} as const satisfies Readonly<Record<string, Program>>

/** Looks for servers and Go where PATH may not, from now on. */
export function widenPath(): void {
  process.env['PATH'] = [process.env['PATH'] ?? '', ...otherFolders].join(delimiter)
}

/** Installs those that are missing where that is possible; gives back those that still are. */
export function installMissing(
  wanted: readonly Program[],
  tell: (line: string) => void,
): readonly Program[] {
  const lacking = wanted.filter((program) => !isThere(program))
  if (lacking.length === 0) return []
  const packages = lacking.flatMap(({ debianPackages }) => debianPackages)
  if (existsSync('/usr/bin/apt-get') && process.getuid?.() === 0) {
    tell(`installing ${packages.join(', ')} from Debian …`)
    apt('update', '--quiet')
    apt('install', '--yes', '--quiet', '--no-install-recommends', ...packages)
  }
  return lacking.filter((program) => !isThere(program))
}

/** What somebody has to do about programs that could not be installed. */
export function complain(missing: readonly Program[]): string {
  const commands = missing.map(({ command }) => command).join(', ')
  const packages = missing.flatMap(({ debianPackages }) => debianPackages).join(' ')
  return `the benchmark needs ${commands}; please install it (sudo apt-get install ${packages}) and run it again`
}

function isThere({ command, file }: Program): boolean {
  if (file !== undefined && !existsSync(file)) return false
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, command)))
}

function apt(...args: readonly string[]): void {
  spawnSync('apt-get', args, {
    // A server that is installed here is not to be started: the benchmark starts its own.
    env: {
      ...process.env,
      DEBIAN_FRONTEND: 'noninteractive',
      SYSTEMD_OFFLINE: '1',
      RUNLEVEL: '1',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
