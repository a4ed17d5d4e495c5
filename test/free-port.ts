import { once } from 'node:events'
import { createServer } from 'node:net'

// Below the ports that the system gives to whoever connects or asks for any: one of those may be taken at any moment.
const firstPort = 20_000
const portCount = 10_000

/** A port that nobody listens on, at any address of this machine; for what has to know its port before it listens. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * portCount)
    const probe = createServer().listen(port)
    const taken = await Promise.race([
      once(probe, 'listening').then(() => false),
      once(probe, 'error').then(() => true),
    ]).catch(() => true)
    if (taken) continue
    await new Promise((resolve) => probe.close(resolve))
    return port
  }
}

/** Several of them, each another one. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>()
  while (ports.size < count) ports.add(await freePort())
  return [...ports]
}
