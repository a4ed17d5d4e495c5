import { hkdfSync } from 'node:crypto'
import type { Keys } from './keys.ts'

/** The key by which codes of people are hashed and sealed: from `keys.json`, and for nothing else. */
export function signInSecretKey(keys: Pick<Keys, 'seal'>): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', keys.seal, '', 'sallyport sign-in secrets', 32))
}
