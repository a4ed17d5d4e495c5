import { Fault } from '../base/fault.ts'

/** What the sentence of a command that failed begins with. */
export const failureMark = '✗ '

const sentences: Readonly<Record<string, (error: NodeJS.ErrnoException) => string>> = {
  EADDRINUSE: (error) =>
    `port ${portOf(error)} is in use by another program. Choose another with --port, or --port 0 for any free one.`,
  EACCES: (error) =>
    error.syscall === 'listen'
      ? `port ${portOf(error)} may not be opened by this user. Choose one from 1024 upwards with --port.`
      : `${error.path} may not be read or written by this user.`,
  EADDRNOTAVAIL: (error) =>
    `this machine has no address ${addressOf(error)}. Choose another with --host.`,
  ENOSPC: () => 'the disk is full.',
  EROFS: (error) => `${error.path} lies on a read-only file system.`,
  ENOTDIR: (error) => `${error.path} is not a folder.`,
  EEXIST: (error) => `${error.path} is there already and is not a folder.`,
  ENOENT: (error) => `${error.path} cannot be found or made.`,
  EPERM: (error) => `${error.path} may not be read or written by this user.`,
}

/** A thrown value as a sentence for the person at the terminal; no stack trace. */
export function describeError(thrown: unknown): string {
  if (thrown instanceof Fault) return `${thrown.message} (${thrown.code})`
  if (!(thrown instanceof Error)) return String(thrown)
  const known = sentences[(thrown as NodeJS.ErrnoException).code ?? '']
  return known ? known(thrown) : thrown.message
}

function portOf(error: NodeJS.ErrnoException): string {
  return String((error as { port?: number }).port ?? '')
}

function addressOf(error: NodeJS.ErrnoException): string {
  return String((error as { address?: string }).address ?? '')
}
