import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { RunningCommand } from './process.ts'

/** Radicale as Debian has it, a calendar server that believes X-Remote-User, with its files in a temporary folder. */
export interface Radicale extends AsyncDisposable {
  /** `http://127.0.0.1:<port>/` */
  readonly url: string
}

/** Starts Radicale on a free port and waits until it listens. */
export async function startRadicale(): Promise<Radicale> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-radicale-'))
  const port = await freePort()
  const command = new RunningCommand('/usr/bin/radicale', [
    ...['--config', '', '--server-hosts', `127.0.0.1:${port}`],
    ...['--auth-type', 'http_x_remote_user', '--rights-type', 'owner_only'],
    ...['--storage-filesystem-folder', folder, '--web-type', 'internal', '--logging-level', 'info'],
  ])
  const dispose = async (): Promise<void> => {
    await command.stop().finally(() => rm(folder, { recursive: true, force: true }))
  }
  try {
    await command.said('Radicale server ready')
    return { url: `http://127.0.0.1:${port}/`, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
