import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'

/** Three network namespaces of this machine: two sides, and between them a router that can be told to drop everything. */
export interface Namespaces extends Disposable {
  /** Names for `ip netns exec`. */
  readonly front: string
  readonly back: string
  /** The address of the front, as the back sees it. */
  readonly frontAddress: string
  /** From now on no packet passes, in neither direction, and nobody is told; `false` heals it. */
  drop(everything: boolean): void
}

const frontAddress = '10.77.1.2'

/** Needs root and iproute2. In the back the name `localhost` is the front. Throws what `ip` says. */
export function createNamespaces(prefix: string): Namespaces {
  const [front, router, back] = [`${prefix}-front`, `${prefix}-router`, `${prefix}-back`]
  const stack = new DisposableStack()
  try {
    for (const name of [front, router, back]) {
      ip('netns', 'add', name)
      stack.defer(() => ip('netns', 'del', name))
      ip('-n', name, 'link', 'set', 'lo', 'up')
    }
    join(router, front, '10.77.1')
    join(router, back, '10.77.2')
    // `ip netns exec` shows a process these files in place of those of /etc.
    const folder = `/etc/netns/${back}`
    mkdirSync(folder, { recursive: true })
    stack.defer(() => rmSync(folder, { recursive: true }))
    writeFileSync(`${folder}/hosts`, `${frontAddress} localhost\n`)
    forward(router, true)
    return {
      ...{ front, back, frontAddress },
      drop: (everything) => forward(router, !everything),
      [Symbol.dispose]: () => stack.dispose(),
    }
  } catch (error) {
    stack.dispose()
    throw error
  }
}

/** A cable between the router (.1) and another namespace (.2), whose way to everywhere it is. */
function join(router: string, other: string, network: string): void {
  // The name of an interface has at most 15 characters.
  const [near, far] = [`sp${network.at(-1)}r`, `sp${network.at(-1)}o`]
  ip('-n', router, 'link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', other)
  for (const [name, device, address] of [
    [router, near, `${network}.1/24`],
    [other, far, `${network}.2/24`],
  ] as const) {
    ip('-n', name, 'address', 'add', address, 'dev', device)
    ip('-n', name, 'link', 'set', device, 'up')
  }
  ip('-n', other, 'route', 'add', 'default', 'via', `${network}.1`)
}

// A Linux that does not forward drops what is not for itself, without a word to the sender.
function forward(router: string, isOn: boolean): void {
  ip('netns', 'exec', router, 'sh', '-c', `echo ${isOn ? 1 : 0} > /proc/sys/net/ipv4/ip_forward`)
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
