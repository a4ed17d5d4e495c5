import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Stage } from '../stage.ts'

/** A rival that publishes the same application as Sallyport does. */
export interface Peer {
  /** What it is, for the table. */
  readonly name: string
  /** Where its clients ask; it stands for an application at `/`. */
  readonly url: string
  /** Cookie field of somebody who is signed in; undefined for one that signs nobody in. */
  readonly cookie: string | undefined
  /** What they do → process group, for each process where Sallyport has its edge. */
  readonly edgeSide: Readonly<Record<string, number>>
  /** The same where Sallyport has its connector. */
  readonly inside: Readonly<Record<string, number>>
}

/** Where a peer keeps its files, with the certificate for `localhost` and the authority in it. */
export interface PeerFolder {
  readonly path: string
  /** Chain and key in files of their own. */
  readonly cert: string
  readonly key: string
  /** Both in one file, as HAProxy wants it. */
  readonly both: string
  readonly ca: string
}

/** Makes the folder of one peer. */
export async function makePeerFolder(stage: Stage, name: string): Promise<PeerFolder> {
  const path = join(stage.folder, name)
  mkdirSync(path, { recursive: true })
  const { cert, key } = await stage.certificate()
  const write = (file: string, content: string): string => {
    writeFileSync(join(path, file), content, { mode: 0o600 })
    return join(path, file)
  }
  return {
    path,
    cert: write('cert.pem', cert),
    key: write('key.pem', key),
    both: write('both.pem', `${cert}${key}`),
    ca: write('ca.pem', (await stage.authority).pem),
  }
}
