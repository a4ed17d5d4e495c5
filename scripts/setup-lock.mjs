// One setup at a time per checkout. The lock is a listening local socket: the system frees it when its holder dies, and
// a waiter learns of the end by its connection closing, with no polling and no stale file to judge.
import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Resolves with `{ release }` once this process holds the lock; calls `onWait` once if it has to wait. */
export async function holdSetupLock(root, onWait) {
  const address = lockAddress(root)
  for (let attempt = 0; ; attempt += 1) {
    const lock = await tryHold(address)
    if (lock) return lock
    if (attempt === 0) onWait()
    await holderGone(address)
  }
}

function lockAddress(root) {
  const name = `sallyport-setup-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`
  if (process.platform === 'linux') return `\0${name}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  return join(tmpdir(), `${name}.sock`)
}

function tryHold(address) {
  return new Promise((resolve, reject) => {
    const waiters = new Set()
    const server = createServer((waiter) => {
      waiters.add(waiter)
      waiter.on('error', () => {}) // A waiter that gives up is no concern of the holder.
      waiter.on('close', () => waiters.delete(waiter))
    })
    server.once('error', (error) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    )
    server.listen(address, () => {
      const release = () => {
        server.close()
        for (const waiter of waiters) waiter.destroy()
      }
      resolve({ release })
    })
  })
}

function holderGone(address) {
  return new Promise((resolve) => {
    const socket = connect(address)
    socket.resume()
    socket.on('error', (error) => {
      // Only a socket in the file system outlives its holder; nobody listens, so it may go.
      if (error.code === 'ECONNREFUSED' && !address.startsWith('\0'))
        rmSync(address, { force: true })
    })
    socket.once('close', resolve)
  })
}
