import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where the programs stand that come from the Go module proxy. */
export interface GoPrograms {
  readonly oauth2Proxy: string
  readonly frps: string
  readonly frpc: string
  readonly chisel: string
}

const module = fileURLToPath(new URL('.', import.meta.url))
const target = fileURLToPath(new URL('../../node_modules/.cache/bench-peers/', import.meta.url))
// oauth2-proxy asks for this one. Go 1.21 and later fetch a newer toolchain by themselves; Debian 12 has 1.19.
const toolchain = `golang.org/toolchain@v0.0.1-go1.26.0.linux-${process.arch === 'x64' ? 'amd64' : process.arch}`
const oldestThatFetches = 21
// A machine of two cores and a slow network; most need one minute.
const buildTimeoutMs = 10 * 60_000

/**
 * The programs, built when they are not there yet; else a sentence that says why they cannot be had. `ensureGo` installs Go
 * if need be and says whether there is one.
 */
export function buildGoPrograms(
  ensureGo: () => boolean,
  tell: (line: string) => void,
): GoPrograms | string {
  const built = join(target, 'go.sum')
  const wanted = readFileSync(join(module, 'go.sum'), 'utf8')
  if (existsSync(built) && readFileSync(built, 'utf8') === wanted) return paths()
  tell('building oauth2-proxy, frp and chisel from the Go module proxy; a minute or two, once …')
  if (!ensureGo()) return 'there is no Go, and it could not be installed'
  const go = findGo()
  if ('problem' in go) return go.problem
  mkdirSync(target, { recursive: true })
  const { status, stderr } = spawnSync(go.command, ['build', '-o', target, 'tool'], {
    cwd: module,
    env: { ...process.env, ...go.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' },
    encoding: 'utf8',
    timeout: buildTimeoutMs,
  })
  if (status !== 0) return `not reachable: ${lastLine(stderr)}`
  writeFileSync(built, wanted)
  return paths()
}

function paths(): GoPrograms {
  return {
    oauth2Proxy: join(target, 'oauth2-proxy'),
    frps: join(target, 'frps'),
    frpc: join(target, 'frpc'),
    chisel: join(target, 'chisel'),
  }
}

type Go = { readonly command: string; readonly env: Record<string, string> }

function findGo(): Go | { readonly problem: string } {
  const { stdout, status } = spawnSync('go', ['env', 'GOVERSION'], { cwd: '/', encoding: 'utf8' })
  if (status !== 0) return { problem: 'Go does not start' }
  const minor = Number(/^go1\.(\d+)/.exec(stdout)?.[1] ?? 0)
  return minor >= oldestThatFetches
    ? { command: 'go', env: { GOTOOLCHAIN: 'auto' } }
    : fetchToolchain()
}

/** An old Go can fetch a new one, which is a module like any other, but does not make its programs executable. */
function fetchToolchain(): Go | { readonly problem: string } {
  const { stdout, stderr, status } = spawnSync('go', ['mod', 'download', '-json', toolchain], {
    cwd: homedir(),
    env: { ...process.env, GOFLAGS: '-mod=mod', GO111MODULE: 'on' },
    encoding: 'utf8',
    timeout: buildTimeoutMs,
  })
  if (status !== 0) return { problem: `not reachable: ${lastLine(stderr || stdout)}` }
  const root = String(JSON.parse(stdout)['Dir'])
  const tools = join(root, 'pkg', 'tool', `linux_${process.arch === 'x64' ? 'amd64' : 'arm64'}`)
  for (const folder of [join(root, 'bin'), tools]) {
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o755)
  }
  return { command: join(root, 'bin', 'go'), env: { GOROOT: root, GOTOOLCHAIN: 'local' } }
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? 'no reason given'
}
