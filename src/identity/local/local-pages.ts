import type { IncomingMessage, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import { type Clock, systemClock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Administration } from '../administration.ts'
import { redirectTo } from '../answers.ts'
import type { PeopleStore } from '../person.ts'
import type { ProviderRecords } from '../provider-records.ts'
import type { RoleStore } from '../roles.ts'
import { Account } from './account.ts'
import { Attempts, codeLimits, passwordLimits } from './attempts.ts'
import type { Authenticators } from './authenticators.ts'
import type { BrowserSignIns } from './browser-sign-ins.ts'
import type { FailureCounts } from './failure-counts.ts'
import type { FirstAdministratorStore } from './first-administrator.ts'
import { Interactions, send } from './interactions.ts'
import { noteSignIns } from './note-sign-ins.ts'
import { PasswordCheck } from './password-check.ts'
import { SetUp } from './set-up.ts'
import type { OnSignInEvent } from './sign-in-event.ts'
import type { CreateApiToken, LocalParts } from './turn.ts'
import { SecretVault } from './vault.ts'

/** What the pages of local people stand on. */
export interface LocalPageOptions {
  /** The login host's origin, with no path. */
  readonly issuer: string
  readonly records: ProviderRecords
  readonly failureCounts: FailureCounts
  readonly people: PeopleStore
  readonly authenticators: Authenticators
  readonly signIns: BrowserSignIns
  readonly roles: RoleStore
  readonly firstAdministrator: FirstAdministratorStore
  /** 32 bytes, kept outside the database: hash and seal what is kept of people's codes. */
  readonly secretKey: Uint8Array
  /** For limits, one-time codes and how fresh a sign-in is; records follow the wall clock. */
  readonly clock?: Clock
  readonly log: Log
  /** Told of every step of a sign-in, for the log. */
  readonly onSignInEvent?: OnSignInEvent
  /** A bearer token of the management API for an administrator; without, the account page offers none. */
  readonly createApiToken?: CreateApiToken
  /** What policies say about the management API; nothing if unsaid. */
  readonly administration?: Administration
  /** Who is asking, for the limit on failed passwords; the socket's peer when absent. */
  readonly addressOf?: (request: IncomingMessage) => string
}

const changePasswordPath = /^\/\.well-known\/change-password(?:\?|$)/

type Page = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * The pages that are ours and not the protocol's: sign-in, account, first set-up. Gives the one for a request target;
 * undefined for everything else. `clientId`: the edge's own.
 */
export function createLocalPages(
  options: LocalPageOptions,
  provider: Provider,
  clientId: string,
): (target: string) => Page | undefined {
  const { issuer } = options
  const parts = localParts(options)
  noteSignIns(provider, parts, clientId)
  const interactions = new Interactions({ ...parts, provider, issuer, ownClientId: clientId })
  const account = new Account(parts, provider, issuer)
  const setUp = new SetUp(options.firstAdministrator, issuer)
  const pages: readonly (readonly [RegExp, Page])[] = [
    [/^\/interaction\//, (request, response) => interactions.handle(request, response)],
    [
      /^\/account(?:[/?]|$)/,
      async (request, response) => send(response, await account.answer(request, response)),
    ],
    // Whoever types the host's name alone wants to sign in or to see who they are.
    [/^\/(?:\?|$)/, async (_, response) => send(response, redirectTo('/account'))],
    // W3C, A Well-Known URL for Changing Passwords: password managers lead there.
    [changePasswordPath, async (_, response) => send(response, redirectTo('/account/password'))],
    [/^\/set-up(?:\?|$)/, async (request, response) => send(response, await setUp.answer(request))],
  ]
  return (target) => pages.find(([path]) => path.test(target))?.[1]
}

function localParts(options: LocalPageOptions): LocalParts {
  const { people, authenticators, signIns, roles, records, failureCounts, log } = options
  const { clock = systemClock, issuer, createApiToken, administration } = options
  const vault = new SecretVault(options.secretKey, clock)
  const attempts = new Attempts(failureCounts, clock, passwordLimits)
  return {
    ...{ people, authenticators, signIns, roles, records, vault, clock, log },
    ...{ createApiToken, administration },
    passwords: new PasswordCheck({ people, authenticators, attempts, vault, clock, log }),
    codeAttempts: new Attempts(failureCounts, clock, codeLimits),
    party: { host: new URL(issuer).hostname, origin: issuer, name: 'Sallyport' },
    addressOf: options.addressOf ?? peerOf,
    onSignInEvent: options.onSignInEvent ?? (() => {}),
  }
}

/** The other end of the connection: where a request comes from when no proxy is trusted. */
export function peerOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? ''
}
