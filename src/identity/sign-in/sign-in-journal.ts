import type { Clock } from '../../base/clock.ts'
import { fieldValue } from '../../http/headers.ts'
import type { Client, Judged } from '../access-gate.ts'
import type { GuardedApplication } from '../guarded.ts'
import { accountApplication } from '../local/account.ts'
import type { SignInEvent } from '../local/sign-in-event.ts'
import type { Person } from '../person.ts'
import { Recent } from '../recent.ts'
import type { Session } from '../session.ts'
import type {
  PolicyResult,
  SignInEntry,
  SignInLog,
  SignInProtocol,
  SignInResult,
} from '../sign-in-log.ts'
import type { SignedIn } from '../signed-in.ts'

/** What a request tells about itself, for the log. */
export interface LoggedRequest extends Client {
  readonly id?: string | undefined
}

/** What every policy said to a sign-in. */
export type PoliciesOf = (
  app: GuardedApplication,
  who: Judged,
  client: Client,
) => readonly PolicyResult[]

/** A program, or a program of a person, that asked for a token. */
export interface TokenRequest {
  readonly kind: SignInEntry['kind']
  readonly protocol: SignInProtocol
  readonly isProgram: boolean
  readonly result: SignInResult
  /** How the person had proven who they are, as in `amr`. */
  readonly methods: readonly string[]
  readonly client: { readonly appId: string; readonly displayName: string } | undefined
  /** The client's service principal, or the person it speaks for. */
  readonly personId: string | undefined
  readonly userPrincipalName: string | undefined
  readonly displayName: string | undefined
  readonly resource: string | undefined
  /** Where it came from, as far as trusted proxies say. */
  readonly address: string
  readonly userAgent: string
  readonly correlationId: string
}

// One person who keeps reloading is one entry in this time.
const repeatMs = 10 * 60_000
const repeatCapacity = 10_000
// Of tries by nobody in particular, which anybody may make in any number: they must not drive everything else out.
const nobodyPerMinute = 120
const userAgentMaxLength = 512

/** Writes the sign-in log: what happens at the edge, at the embedded provider and behind people's backs. [S8] */
export class SignInJournal {
  readonly #log: SignInLog
  readonly #clock: Clock
  readonly #addressOf: (client: Client) => string
  readonly #policiesOf: PoliciesOf
  readonly #application: (id: string) => GuardedApplication | undefined
  readonly #told = new Recent<string, number>(repeatCapacity)
  #nobody = 0
  #nobodySince = 0

  constructor(options: {
    readonly log: SignInLog
    readonly clock: Clock
    readonly addressOf: (client: Client) => string
    readonly policiesOf: PoliciesOf
    readonly application: (id: string) => GuardedApplication | undefined
  }) {
    this.#log = options.log
    this.#clock = options.clock
    this.#addressOf = options.addressOf
    this.#policiesOf = options.policiesOf
    this.#application = options.application
  }

  /** The end of a sign-in at an application, good or bad; without `signedIn` nobody vouched for anybody. */
  arrived(
    result: SignInResult,
    app: GuardedApplication,
    request: LoggedRequest,
    who: {
      readonly person?: Person | undefined
      readonly signedIn?: SignedIn
      readonly providerId?: string
    } = {},
  ): void {
    const { person, signedIn } = who
    this.#write({
      ...{ kind: 'interactiveUser', result },
      ...namesOf(person),
      ...applicationOf(app),
      ...this.#requestOf(request),
      resource: undefined,
      providerId: signedIn?.providerId ?? who.providerId,
      methods: signedIn?.amr ?? [],
      policies:
        person && signedIn ? this.#policiesOf(app, { personId: person.id, signedIn }, request) : [],
    })
  }

  /** Somebody with a session, or a token, who may not enter; told once in ten minutes. */
  keptOut(
    result: SignInResult,
    app: GuardedApplication,
    session: Session,
    request: LoggedRequest,
  ): void {
    if (this.#wasTold(`${result} ${session.personId} ${app.id}`)) return
    this.#write({
      kind: session.userPrincipalName === '' ? 'servicePrincipal' : 'interactiveUser',
      result,
      ...namesOfSession(session),
      ...applicationOf(app),
      ...this.#requestOf(request),
      resource: undefined,
      providerId: session.providerId,
      methods: session.amr,
      policies: result === 'not-assigned' ? [] : this.#policiesOf(app, session, request),
    })
  }

  /** A renewal behind the person's back. [S6] */
  renewed(session: Session, result: 'signed-in' | 'renewal-refused'): void {
    const app = this.#application(session.applicationId)
    this.#write({
      ...{ kind: 'nonInteractiveUser', result, resource: undefined },
      ...namesOfSession(session),
      ...(app ? applicationOf(app) : { appId: undefined, applicationName: undefined }),
      ...{ address: '', userAgent: '', correlationId: '', providerId: session.providerId },
      ...{ methods: session.amr, policies: [] },
    })
  }

  /**
   * A step at the embedded provider that led nowhere yet; where it leads somewhere, the application tells, or the token that is
   * asked for. The account is nobody else's to tell of.
   */
  stepped(event: SignInEvent): void {
    const { application, reason, personId = '', address } = event
    if (event.outcome === 'success' && application !== accountApplication) return
    if (reason === 'too-many-attempts' && this.#wasTold(`${reason} ${personId} ${address}`)) return
    this.#write({
      ...{ kind: 'interactiveUser', result: event.reason, personId: event.personId },
      ...{ userPrincipalName: event.userPrincipalName, displayName: undefined },
      ...{ appId: application?.appId, applicationName: application?.displayName },
      ...{ resource: undefined, address: event.address, userAgent: event.userAgent },
      ...{ correlationId: event.correlationId, providerId: 'embedded' },
      ...{ methods: event.methods, policies: [] },
    })
  }

  /** A token that was asked for by itself. [S10] */
  asked(request: TokenRequest): void {
    const { kind, result, client, personId, userPrincipalName, displayName } = request
    const { protocol, isProgram, methods, resource, userAgent, correlationId } = request
    // Whoever knows a client's id, which is no secret, can fail in its name as often as they like.
    if (
      result !== 'signed-in' &&
      this.#wasTold(`${result} ${client?.appId ?? ''} ${request.address}`)
    )
      return
    this.#write({
      ...{ kind, protocol, isProgram, result, personId, userPrincipalName, displayName },
      ...{ appId: client?.appId, applicationName: client?.displayName, resource },
      ...{ address: request.address, userAgent, correlationId },
      ...{ providerId: 'embedded', methods, policies: [] },
    })
  }

  #wasTold(what: string): boolean {
    const now = this.#clock()
    if (now - (this.#told.get(what) ?? Number.NEGATIVE_INFINITY) < repeatMs) return true
    this.#told.set(what, now)
    return false
  }

  #requestOf(request: LoggedRequest) {
    return {
      address: this.#addressOf(request),
      userAgent: fieldValue(request.headers, 'user-agent') ?? '',
      correlationId: request.id ?? '',
    }
  }

  #write(entry: Omit<SignInEntry, 'at'>): void {
    const at = this.#clock()
    if (entry.personId === undefined && !this.#hasRoom(at)) return
    this.#log.write({ ...entry, at, userAgent: plain(entry.userAgent) })
  }

  #hasRoom(now: number): boolean {
    if (now - this.#nobodySince >= 60_000) {
      this.#nobodySince = now
      this.#nobody = 0
    }
    return this.#nobody++ < nobodyPerMinute
  }
}

// A log is read in terminals and tables: nothing in it may move a cursor or begin a line.
function plain(text: string): string {
  return text.slice(0, userAgentMaxLength).replace(/[^\x20-\x7e]+/g, ' ')
}

function namesOf(person: Person | undefined) {
  return {
    personId: person?.id,
    userPrincipalName: person?.userPrincipalName,
    displayName: person?.displayName,
  }
}

function namesOfSession({ personId, userPrincipalName, displayName }: Session) {
  return {
    personId,
    userPrincipalName: userPrincipalName || undefined,
    displayName: displayName || undefined,
  }
}

function applicationOf({ appId, displayName }: GuardedApplication) {
  return { appId, applicationName: displayName }
}
