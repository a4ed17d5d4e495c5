// One setup at a time per checkout. The lock is a listening local socket: the system closes it when its holder dies, and
// a waiter learns of the end by its connection closing, with no polling and no process numbers to judge.
//
// The holders are numbered: each listens under a name of its own and then links that socket to the number after the last
// one, which only one of those who try can do. A number is not used again, so that nobody who was late takes away what a
// faster one has put there. (Linux has sockets without files, which need none of this. But Node 18 gives all of them the
// same name, and Node 20.4 to 20.8 refuse them.)
import { createHash, randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Resolves with `{ release }` once this process holds the lock; calls `onWait` once if it has to wait. */
export async function holdSetupLock(root, onWait) {
  const folder = lockFolder(root)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const tellOnce = once(onWait)
  for (;;) {
    const newest = newestIn(folder)
    if (newest > 0) await endOf(join(folder, String(newest)), tellOnce)
    const lock = await take(folder, newest + 1)
    if (lock) return lock
  }
}

function lockFolder(root) {
  const whose = `${process.getuid?.()} ${root}`
  const hash = createHash('sha256').update(whose).digest('hex').slice(0, 16)
  return join(tmpdir(), `sallyport-setup-${hash}`)
}

/** The number of the last holder, alive or not; 0 before the first one. */
function newestIn(folder) {
  return Math.max(0, ...numbersIn(folder))
}

function numbersIn(folder) {
  return readdirSync(folder).map(Number).filter(Number.isInteger)
}

/** Resolves to undefined if somebody else was faster. */
async function take(folder, number) {
  const mine = join(folder, String(number))
  const { address, release } = await listen(folder)
  try {
    linkSync(address, mine)
  } catch (error) {
    release()
    if (error.code === 'EEXIST') return undefined
    throw error
  } finally {
    rmSync(address, { force: true })
  }
  if (newestIn(folder) > number) {
    // The number was free because its holder has long been gone, and so has the one after it.
    rmSync(mine, { force: true })
    release()
    return undefined
  }
  const before = numbersIn(folder).filter((other) => other < number)
  for (const other of before) rmSync(join(folder, String(other)), { force: true })
  return { release }
}

function listen(folder) {
  const address = join(folder, `new-${randomUUID()}`)
  const waiters = new Set()
  const server = createServer((waiter) => {
    waiters.add(waiter)
    waiter.on('error', () => {}) // A waiter that gives up is no concern of the holder.
    waiter.on('close', () => waiters.delete(waiter))
  })
  const release = () => {
    server.close()
    for (const waiter of waiters) waiter.destroy()
  }
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, () => resolve({ address, release }))
  })
}

// What a connection to a holder meets that is gone, or goes.
const gone = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT'])

/** Resolves when that holder is gone, and calls `onWait` if it is not yet. */
function endOf(address, onWait) {
  return new Promise((resolve, reject) => {
    const socket = connect(address, onWait)
    socket.resume()
    socket.on('error', (error) => {
      if (!gone.has(error.code)) reject(error)
    })
    socket.once('close', resolve)
  })
}

function once(tell) {
  let told = false
  return () => {
    if (!told) tell()
    told = true
  }
}
