import '../lts-flag.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'

/** Who is signed in at the embedded provider in one browser, since when and by what. */
export interface ProviderSession {
  /** Never changes, and opens nothing. */
  readonly id: string
  readonly personId: string
  readonly amr: readonly string[]
  /** Epoch seconds. */
  readonly signedInAt: number
}

/** The session that the request's cookie, which is signed, leads to. */
export async function providerSession(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<ProviderSession | undefined> {
  const context = provider.createContext(request, response)
  const session = await provider.Session.get(context as Parameters<typeof provider.Session.get>[0])
  const { uid, accountId, amr = [], loginTs } = session
  if (accountId === undefined || loginTs === undefined) return undefined
  return { id: uid, personId: accountId, amr, signedInAt: loginTs }
}
