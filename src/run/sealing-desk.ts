import { systemClock } from '../base/clock.ts'
import type { ProviderDesk } from '../graph/call.ts'
import { createClientKey } from '../identity/relying-party/client-keys.ts'
import { callbackPath } from '../identity/relying-party/relying-parties.ts'
import type { KeyVault } from './certificates.ts'

export const clientKeysPath = '/.sallyport/client-jwks/'

/** What is said of an external provider without asking it. */
export type SealingDesk = Omit<ProviderDesk, 'probe'>

/** It keeps secrets under the keys of this edge, and knows where its hosts are. */
export function createSealingDesk(vault: KeyVault, loginOrigin: string): SealingDesk {
  const sealSecret = (id: string, secret: string) => vault.seal(useOf(id), secret)
  return {
    sealSecret,
    createKey: (id) => createClientKey((key) => sealSecret(id, key), systemClock()),
    redirectUri: (id) => `${loginOrigin}${callbackPath}/${id}`,
    keysUrl: (id) => loginOrigin + clientKeysPath + id,
  }
}

/** What a secret of a provider is sealed for. */
export function useOf(providerId: string): string {
  return `identity provider ${providerId}`
}
