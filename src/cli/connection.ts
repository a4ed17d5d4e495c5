import { readFile } from 'node:fs/promises'
import { type Context, pickContext, readContexts, withLock, writeContexts } from './contexts.ts'
import { Exchange } from './exchange.ts'
import { exitCodes, Failure, failure, usageFailure } from './failure.ts'
import { requestToken } from './oauth.ts'
import type { Place } from './place.ts'
import type { Surroundings } from './surroundings.ts'

/** The options that say which edge, and as whom. */
export interface ConnectionFlags {
  readonly server?: string | undefined
  readonly ca?: string | undefined
  readonly token?: string | undefined
  readonly context?: string | undefined
  readonly data?: string | undefined
}

/** An edge, and who is calling. */
export interface Connection extends Place {
  readonly token: string | undefined
  /** How the caller became known, for `whoami`. */
  readonly by: 'token' | 'client' | 'folder' | 'sign-in' | 'nobody'
}

// A token that ends while the command runs is of no use.
const tokenMarginMs = 30_000

/**
 * Where to and as whom: options first, then the environment, then the kept sign-in. A token goes to the edge it was given
 * for and to no other one. Throws a usage Failure when no edge is named.
 */
export async function connect(
  flags: ConnectionFlags,
  surroundings: Surroundings,
): Promise<Connection> {
  const { environment } = surroundings
  const isNamed = flags.server !== undefined || flags.context !== undefined
  const folder = flags.data ?? (isNamed ? undefined : environment['SALLYPORT_DATA'])
  if (folder) return connectToFolder(folder, surroundings)
  const contexts = await readContexts(environment)
  const called = flags.context ?? (environment['SALLYPORT_CONTEXT'] || undefined)
  const picked = pickContext(contexts, called)
  const place = await openPlace(flags, surroundings, picked?.context)
  if (flags.token) return { ...place, token: flags.token, by: 'token' }
  // Whoever names a sign-in means that one, and nobody's token goes to an edge that it is not for.
  if (flags.context === undefined && isOfEnvironment(place.server, environment)) {
    const token = environment['SALLYPORT_TOKEN']
    if (token) return { ...place, token, by: 'token' }
    const byClient = await connectAsClient(place, surroundings)
    if (byClient) return byClient
  }
  if (!picked || picked.context.server !== place.server)
    return { ...place, token: undefined, by: 'nobody' }
  const fresh = await freshToken(place, picked, surroundings)
  return { ...place, token: fresh, by: fresh === undefined ? 'nobody' : 'sign-in' }
}

async function connectToFolder(folder: string, surroundings: Surroundings): Promise<Connection> {
  const { server, ca, token } = await surroundings.openFolder(folder).catch((cause: Error) => {
    throw failure('no-edge-here', cause.message)
  })
  const { environment, signal } = surroundings
  return {
    server,
    ca,
    token,
    by: 'folder',
    exchange: new Exchange({ ca, home: server, environment, signal }),
  }
}

/** The edge that is meant, without anybody's token. */
export async function openPlace(
  flags: ConnectionFlags,
  { environment, signal }: Surroundings,
  context: Context | undefined,
): Promise<Place> {
  const ofContext = flags.context === undefined ? undefined : context?.server
  const written = flags.server ?? ofContext ?? (environment['SALLYPORT_SERVER'] || context?.server)
  if (!written) throw noServer()
  const server = readServer(written)
  const ofEnvironment = isOfEnvironment(server, environment) && environment['SALLYPORT_CA']
  const file = flags.ca ?? (ofEnvironment || undefined)
  const kept = context?.server === server ? context.ca : undefined
  const ca = file === undefined ? kept : await readAuthority(file)
  return { server, ca, exchange: new Exchange({ ca, home: server, environment, signal }) }
}

/** Whether what else stands in the environment is about this edge. */
function isOfEnvironment(server: string, environment: Surroundings['environment']): boolean {
  const named = environment['SALLYPORT_SERVER']
  return !named || readServer(named) === server
}

function noServer(): Failure {
  return new Failure({
    code: 'no-server',
    exitCode: exitCodes.usage,
    message: 'Which edge? None is named, and nobody is signed in at one.',
    details: [
      '--server <url> or SALLYPORT_SERVER names it; --data <folder> means the one of this machine.',
    ],
    fix: 'sallyport sign-in --server https://graph.<domain>',
  })
}

/** `https://graph.contoso.com[:port][/beta]`, also without the scheme, as an origin. */
export function readServer(written: string): string {
  const url = URL.parse(/^[a-z]+:\/\//i.test(written) ? written : `https://${written}`)
  if (!url || url.hostname === '' || url.username !== '') {
    throw usageFailure(
      `${written} is no address of an edge. Write it like https://graph.contoso.com.`,
    )
  }
  if (url.protocol !== 'https:') {
    throw usageFailure('A token goes over https only: write https://….')
  }
  return url.origin
}

async function readAuthority(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw usageFailure(`--ca ${file} cannot be read (${cause.code}).`)
  })
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw usageFailure(`--ca ${file} holds no certificate in PEM.`)
}

async function connectAsClient(
  place: Place,
  { environment }: Surroundings,
): Promise<Connection | undefined> {
  const { SALLYPORT_CLIENT_ID: clientId, SALLYPORT_CLIENT_SECRET: secret } = environment
  if (!clientId || !secret) return undefined
  const granted = await requestToken(place, {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: secret,
    scope: `${place.server}/.default`,
  })
  return { ...place, token: granted.token, by: 'client' }
}

/** The kept token, or a new one where that is over; undefined when the sign-in is. */
async function freshToken(
  place: Place,
  { name, context }: { readonly name: string; readonly context: Context },
  { environment }: Surroundings,
): Promise<string | undefined> {
  if (isFresh(context)) return context.token
  if (context.refreshToken === undefined) return undefined
  return withLock(environment, async () => {
    // Another command may have renewed it meanwhile.
    const contexts = await readContexts(environment)
    const now = contexts.byName[name]
    if (now === undefined || isFresh(now)) return now?.token
    const renewed = await renew(place, now)
    if (renewed === undefined) return undefined
    const byName = { ...contexts.byName, [name]: renewed }
    await writeContexts(environment, { ...contexts, byName })
    return renewed.token
  })
}

function isFresh({ token, tokenExpiresAt = 0 }: Context): boolean {
  return token !== undefined && tokenExpiresAt > Date.now() + tokenMarginMs
}

async function renew(place: Place, context: Context): Promise<Context | undefined> {
  const { refreshToken, clientId } = context
  if (refreshToken === undefined || clientId === undefined) return undefined
  try {
    const granted = await requestToken(place, {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: refreshToken,
    })
    return {
      ...context,
      token: granted.token,
      tokenExpiresAt: granted.expiresAt,
      refreshToken: granted.refreshToken ?? refreshToken,
    }
  } catch (thrown) {
    const isOver = thrown instanceof Failure && thrown.facts.exitCode === exitCodes.notSignedIn
    // The sign-in was ended at the edge: whoever is asked for a token says so.
    if (isOver) return undefined
    throw thrown
  }
}
