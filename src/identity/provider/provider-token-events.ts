import '../lts-flag.ts'
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { TokenRequest } from '../sign-in/sign-in-journal.ts'
import type { SignInResult } from '../sign-in-log.ts'
import { deviceCodeGrant } from './command-line-client.ts'
import { servicePrincipal } from './registered-clients.ts'

/** Tells who asked for a token at the token endpoint, but for the edge itself, which tells of its sessions. [S10] */
export function tellTokenRequests(
  provider: Provider,
  ownClientId: string,
  addressOf: (request: IncomingMessage) => string,
  tell: (request: TokenRequest) => void,
): void {
  const pass = async (ctx: KoaContextWithOIDC, result: SignInResult | undefined) => {
    if (result === undefined) return
    if (ctx.oidc.client?.clientId === ownClientId) return
    const request = await describe(ctx, result, addressOf(ctx.req))
    if (request) tell(request)
  }
  // Without its names an entry is not worth a crash: the store that has them is busy, and said so itself.
  const ignore = () => {}
  provider.on('grant.success', (ctx) => void pass(ctx, 'signed-in').catch(ignore))
  provider.on('grant.error', (ctx, error) => void pass(ctx, resultOf(ctx, error)).catch(ignore))
}

const kinds: Readonly<Record<string, TokenRequest['kind']>> = {
  client_credentials: 'servicePrincipal',
  authorization_code: 'interactiveUser',
  [deviceCodeGrant]: 'interactiveUser',
  refresh_token: 'nonInteractiveUser',
}

async function describe(
  ctx: KoaContextWithOIDC,
  result: SignInResult,
  address: string,
): Promise<TokenRequest | undefined> {
  const { client, params, account, resourceServers } = ctx.oidc
  const kind = kinds[String(params?.['grant_type'])]
  if (kind === undefined) return undefined
  const isNative = client?.applicationType === 'native'
  const [resource] = Object.values(resourceServers ?? {})
  const claims = await account?.claims('id_token', 'openid profile', {}, [])
  return {
    kind,
    protocol: params?.['grant_type'] === deviceCodeGrant ? 'deviceCode' : 'oAuth2',
    isProgram: params?.['grant_type'] !== 'authorization_code' || isNative,
    result,
    methods: methodsOf(ctx),
    client: client && { appId: client.clientId, displayName: client.clientName ?? client.clientId },
    personId: kind === 'servicePrincipal' ? textOf(client?.[servicePrincipal]) : claims?.sub,
    userPrincipalName: textOf(claims?.['preferred_username']),
    displayName: textOf(claims?.['name']),
    resource: resource?.audience as string | undefined,
    address,
    userAgent: ctx.get('user-agent'),
    correlationId: randomUUID(),
  }
}

function methodsOf({ oidc }: KoaContextWithOIDC): readonly string[] {
  const { AuthorizationCode, DeviceCode, RefreshToken } = oidc.entities
  const source = AuthorizationCode ?? DeviceCode ?? RefreshToken
  return (source as { readonly amr?: readonly string[] } | undefined)?.amr ?? []
}

// undefined: a program that asks whether its person has entered the code, which is how it goes (RFC 8628 §3.5).
function resultOf(ctx: KoaContextWithOIDC, error: unknown): SignInResult | undefined {
  if (error instanceof errors.AuthorizationPending || error instanceof errors.SlowDown) {
    return undefined
  }
  if (error instanceof errors.AccessDenied) return 'declined'
  if (error instanceof errors.ExpiredToken) return 'code-expired'
  if (error instanceof errors.InvalidClientAuth || error instanceof errors.InvalidClient) {
    return ctx.oidc.client ? 'wrong-client-secret' : 'unknown-client'
  }
  if (error instanceof errors.InvalidTarget) return 'no-role'
  return 'bad-request'
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
