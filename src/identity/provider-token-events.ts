import './lts-flag.ts'
import { randomUUID } from 'node:crypto'
import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { TokenRequest } from './sign-in-journal.ts'
import type { SignInResult } from './sign-in-log.ts'

/** Tells who asked for a token at the token endpoint, but for the edge itself, which tells of its sessions. [S10] */
export function tellTokenRequests(
  provider: Provider,
  ownClientId: string,
  tell: (request: TokenRequest) => void,
): void {
  const pass = (ctx: KoaContextWithOIDC, result: SignInResult) => {
    const request = describe(ctx, result)
    if (request && request.client?.appId !== ownClientId) tell(request)
  }
  provider.on('grant.success', (ctx) => pass(ctx, 'signed-in'))
  provider.on('grant.error', (ctx, error) => pass(ctx, resultOf(ctx, error)))
}

const kinds: Readonly<Record<string, TokenRequest['kind']>> = {
  client_credentials: 'servicePrincipal',
  authorization_code: 'interactiveUser',
  refresh_token: 'nonInteractiveUser',
}

function describe(ctx: KoaContextWithOIDC, result: SignInResult): TokenRequest | undefined {
  const { client, params, account, resourceServers } = ctx.oidc
  const kind = kinds[String(params?.['grant_type'])]
  if (kind === undefined) return undefined
  const [resource] = Object.values(resourceServers ?? {})
  return {
    kind,
    result,
    client: client && { appId: client.clientId, displayName: client.clientName ?? client.clientId },
    personId: kind === 'servicePrincipal' ? client?.clientId : account?.accountId,
    resource: resource?.audience as string | undefined,
    peer: ctx.req.socket.remoteAddress ?? '',
    userAgent: ctx.get('user-agent'),
    correlationId: randomUUID(),
  }
}

function resultOf(ctx: KoaContextWithOIDC, error: unknown): SignInResult {
  if (error instanceof errors.InvalidClientAuth || error instanceof errors.InvalidClient) {
    return ctx.oidc.client ? 'wrong-client-secret' : 'unknown-client'
  }
  if (error instanceof errors.InvalidTarget) return 'no-role'
  return 'bad-request'
}
