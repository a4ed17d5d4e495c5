import { randomBytes } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { generateProviderKeys, type ProviderKeys } from '../identity/provider-keys.ts'

/** What proves and seals: kept in a file beside the database, so that a copy of the database alone forges nothing. */
export interface Keys {
  readonly sessionMac: Uint8Array
  readonly seal: Uint8Array
  readonly apiToken: Uint8Array
  readonly providerCookie: string
  readonly providerClientSecret: string
  readonly provider: ProviderKeys
}

interface KeyFile {
  readonly sessionMac: string
  readonly seal: string
  readonly apiToken: string
  readonly providerCookie: string
  readonly providerClientSecret: string
  readonly provider: ProviderKeys
}

const keyBytes = 32

/** Reads `keys.json` in `folder` or makes it (mode 0600). Rejects with the file system's error. */
export async function openKeys(folder: string): Promise<Keys> {
  const path = join(folder, 'keys.json')
  const kept = await readKeys(path)
  const file = kept ?? (await createKeys(path))
  return {
    ...file,
    sessionMac: Buffer.from(file.sessionMac, 'base64url'),
    seal: Buffer.from(file.seal, 'base64url'),
    apiToken: Buffer.from(file.apiToken, 'base64url'),
  }
}

async function readKeys(path: string): Promise<KeyFile | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as KeyFile
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function createKeys(path: string): Promise<KeyFile> {
  const random = () => randomBytes(keyBytes).toString('base64url')
  const made: KeyFile = {
    sessionMac: random(),
    seal: random(),
    apiToken: random(),
    providerCookie: random(),
    providerClientSecret: random(),
    provider: await generateProviderKeys(),
  }
  const file = await open(`${path}.new`, 'w', 0o600)
  await file.writeFile(JSON.stringify(made))
  await file.sync()
  await file.close()
  await rename(`${path}.new`, path)
  return made
}
