import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Fault } from '../base/fault.ts'
import { readSecretFile } from '../base/secret-file.ts'
import { generateProviderKeys, type ProviderKeys } from '../identity/provider/provider-keys.ts'
import { writeWholeFile } from './whole-file.ts'

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
const secretPattern = /^[\w-]{43}$/ // 32 bytes as base64url
const secrets = [
  'sessionMac',
  'seal',
  'apiToken',
  'providerCookie',
  'providerClientSecret',
] as const

/**
 * Reads `keys.json` in `folder` or makes it (mode 0600). Rejects with the file system's error, or `storage-failed` when
 * the file is there but holds no keys: made anew, nobody would be signed in and no token would count.
 */
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
  let text: string
  try {
    text = await readSecretFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const file = parseKeys(text)
  if (file) return file
  throw new Fault('storage-failed', `${path} is damaged. Restore it from a backup.`)
}

function parseKeys(text: string): KeyFile | undefined {
  try {
    const file = JSON.parse(text) as Partial<KeyFile>
    const whole = secrets.every((name) => secretPattern.test(file[name] ?? ''))
    return whole && Array.isArray(file.provider?.keys) ? (file as KeyFile) : undefined
  } catch {
    // No JSON, or JSON that is no object.
    return undefined
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
  await writeWholeFile(path, JSON.stringify(made))
  return made
}
