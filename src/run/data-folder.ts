import { mkdir, stat } from 'node:fs/promises'
import type { Log } from '../base/log.ts'

const othersWrite = 0o022

/** Makes the folder for its owner alone, unless it is there. Rejects with the system's error. */
export async function openDataFolder(folder: string, log: Log): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { mode } = await stat(folder)
  // Not closed here: it could be /tmp, or a volume that is handed out so.
  if (mode & othersWrite) {
    log.warn(
      { file: folder },
      'others on this machine can exchange the keys of this edge: chmod 700 its data folder',
    )
  }
}
