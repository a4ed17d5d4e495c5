import type { Parsed } from '../base/check.ts'
import type {
  AcmeChallenge,
  AcmeStore,
  NewCertificate,
  StoredCertificate,
} from '../certificates/stored.ts'
import type { Authenticators } from '../identity/local/authenticators.ts'
import type { BrowserSignIns } from '../identity/local/browser-sign-ins.ts'
import type { FailureCounts } from '../identity/local/failure-counts.ts'
import type { FirstAdministratorStore } from '../identity/local/first-administrator.ts'
import type { KnownPeople, Person } from '../identity/person.ts'
import type { ClientStore } from '../identity/provider/registered-client.ts'
import type { ProviderRecords } from '../identity/provider-records.ts'
import type { Arrivals } from '../identity/relying-party/arrival.ts'
import type { SpentTokens } from '../identity/relying-party/back-channel-logout.ts'
import type { IdentityProvider } from '../identity/relying-party/identity-provider.ts'
import type { SessionStore } from '../identity/session.ts'
import type { SignInEntry } from '../identity/sign-in-log.ts'
import type { TokenPeople } from '../identity/token/token-issuer.ts'
import type { Access } from '../policy/access.ts'
import type {
  AccessPolicy,
  NamedLocation,
  NewAccessPolicy,
  NewNamedLocation,
} from '../policy/access-policy.ts'
import type { PolicySources } from '../policy/compile.ts'
import type { Memberships } from '../policy/memberships.ts'
import type { TokenLifetimePolicy, TokenLifetimes } from '../policy/token-lifetime.ts'
import type { Application } from '../publishing/application.ts'
import type { PublishingLimits } from '../publishing/validate.ts'
import type { ActivityLog } from './activity.ts'
import type { ApplicationMethods } from './application-methods.ts'
import type { Change } from './change.ts'
import type { CorsRefusals } from './counted-refusals.ts'
import type { EnrolmentToken } from './enrolment-token.ts'
import type { Owners } from './owner.ts'
import type { Revisions } from './revision.ts'

export interface ConnectorGroup {
  readonly id: string
  readonly name: string
  readonly isDefault: boolean
  readonly region: string | undefined
}

export interface Connector {
  readonly id: string
  readonly groupId: string
  readonly machineName: string
  readonly externalIp: string
  readonly version: string
  /** Raw Ed25519 public key, base64url. */
  readonly publicKey: string
  readonly registeredAt: number
  /** Out of service: it gets no request, and what it had may last so many seconds. Undefined while in service. [K5] */
  readonly drainSeconds: number | undefined
  /** When it last connected, or its last link ended; undefined for one that never did. */
  readonly lastSeenAt: number | undefined
}

/** A person's right to enter an application (appRoleAssignedTo). */
export interface Assignment {
  readonly id: string
  readonly applicationId: string
  readonly principalId: string
  readonly principalType: 'User' | 'Group' | 'ServicePrincipal'
  readonly appRoleId: string
  readonly createdAt: number
}

/** A client's permission for the management API. [G3] */
export interface ApiPermission {
  readonly id: string
  /** A service principal's. */
  readonly principalId: string
  readonly appRoleId: string
  readonly createdAt: number
}

export interface Group {
  readonly id: string
  readonly displayName: string
  readonly description: string | undefined
  /** Another key, given when it is made and never changed. */
  readonly uniqueName: string | undefined
}

export interface AuditEntry {
  readonly version: number
  readonly at: number
  readonly author: string
  readonly reason: string
  /** e.g. `application.update`. */
  readonly action: string
  readonly targetId: string
  readonly before: unknown
  readonly after: unknown
}

/** An entry of the sign-in log. */
export interface KeptSignIn extends SignInEntry {
  readonly id: string
}

/** A person or a group directly in a group. */
export interface Membership {
  readonly groupId: string
  readonly memberId: string
}

/** Everything the edge decides from, as of one version. */
export interface DirectoryState {
  readonly version: number
  readonly applications: readonly Application[]
  readonly access: Access
  readonly memberships: Memberships
  /** The same object as long as nothing of it has changed. */
  readonly policies: PolicySources
  /** connector id → group id */
  readonly connectorGroups: ReadonlyMap<string, string>
  /** Connectors out of service: id → milliseconds that what they had may last. */
  readonly drainedConnectors: ReadonlyMap<string, number>
  readonly defaultGroupId: string
  readonly tokenLifetimes: TokenLifetimes
  readonly identityProviders: readonly IdentityProvider[]
  readonly certificates: readonly StoredCertificate[]
  readonly challenges: readonly AcmeChallenge[]
}

type Together<Value> = (inside: Directory, change: Change, revision: number) => Promise<Value>

/**
 * The directory. Reads answer from SQL; every write is one transaction, is validated whole against everything else
 * (publishing/validate.ts), is audited, raises the version and then tells the listeners. Writes throw
 * `storage-busy`, `storage-full` or `storage-failed` and leave everything as it was. An id that names nothing is the
 * fault `not-found` where the answer cannot say it. An edit that changes nothing is no change: no version, no entry.
 */
export interface Directory extends AsyncDisposable, ApplicationMethods, ActivityLog {
  readonly people: KnownPeople
  readonly arrivals: Arrivals
  readonly sessions: SessionStore
  readonly providerRecords: ProviderRecords
  readonly acme: AcmeStore
  readonly failureCounts: FailureCounts
  readonly spentTokens: SpentTokens
  readonly authenticators: Authenticators
  readonly browserSignIns: BrowserSignIns
  readonly firstAdministrator: FirstAdministratorStore

  /** What publishing is held to. */
  readonly limits: PublishingLimits
  state(): Promise<DirectoryState>
  /** How many sessions have not ended; read as anything else is, so that it tells whether the directory answers. */
  vitals(): Promise<{ readonly sessions: number }>
  /** Called after each commit that changes `DirectoryState`, in whichever process. Returns how to stop. */
  onChange(listener: () => void): () => void
  readonly revisions: Revisions
  readonly owners: Owners
  /**
   * A few changes as one: `work` makes them with the directory and the change that it is given; one transaction, one revision, nothing
   * of it when `work` throws. Everybody else waits meanwhile.
   */
  together<Value>(change: Change, work: Together<Value>): Promise<Value>
  /** Many changes likewise, made on a copy while others go on; where they change something meanwhile, `work` is called again. */
  rehearse<Value>(change: Change, work: Together<Value>): Promise<Value>
  /** Reads of one and the same moment, whatever others write meanwhile. Nothing is written inside. */
  asOfNow<Value>(work: (inside: Directory) => Promise<Value>): Promise<Value>

  /** The newest first. */
  certificates(): Promise<readonly StoredCertificate[]>
  /** One that is there already is returned as it is; one by ACME takes the place of those for the same names. */
  addCertificate(certificate: NewCertificate, change: Change): Promise<StoredCertificate>
  /** False when there is none. */
  deleteCertificate(thumbprint: string, change: Change): Promise<boolean>

  /** In order of creation. */
  accessPolicies(): Promise<readonly AccessPolicy[]>
  createAccessPolicy(policy: NewAccessPolicy, change: Change): Promise<Parsed<AccessPolicy>>
  updateAccessPolicy(
    id: string,
    change: Change,
    edit: (current: AccessPolicy) => Parsed<AccessPolicy>,
  ): Promise<Parsed<AccessPolicy>>
  /** False when there is none. */
  deleteAccessPolicy(id: string, change: Change): Promise<boolean>

  /** In order of creation. */
  namedLocations(): Promise<readonly NamedLocation[]>
  createNamedLocation(location: NewNamedLocation, change: Change): Promise<Parsed<NamedLocation>>
  updateNamedLocation(
    id: string,
    change: Change,
    edit: (current: NamedLocation) => Parsed<NamedLocation>,
  ): Promise<Parsed<NamedLocation>>
  /** Refused while a policy names it, and while it is trusted. */
  deleteNamedLocation(id: string, change: Change): Promise<Parsed<boolean>>

  listPeople(): Promise<readonly Person[]>
  /** Creates a local person; `password` is hashed with argon2id. `mustChangePassword`: as for `setPassword`. */
  createPerson(
    person: Omit<Person, 'id'>,
    password: string | undefined,
    change: Change,
    mustChangePassword?: boolean,
  ): Promise<Parsed<Person>>
  updatePerson(
    id: string,
    change: Change,
    edit: (current: Person) => Parsed<Person>,
  ): Promise<Parsed<Person>>
  /**
   * Throws `invalid` for one that `checkPassword` (identity/local/password.ts) has issues with. Sessions go on. `mustChange`:
   * the person chooses another one at the next sign-in; not if unsaid. Without a password that is all that changes.
   */
  setPassword(
    id: string,
    password: string | undefined,
    change: Change,
    mustChange?: boolean,
  ): Promise<void>
  /** Ends the person's sessions everywhere, the embedded provider's included. Throws `not-found`. [S9] */
  revokeSignIns(id: string, change: Change): Promise<void>
  /** Ends the person's sessions, and takes their assignments and memberships along. Throws `invalid` likewise. */
  deletePerson(id: string, change: Change): Promise<boolean>

  /** The oldest first. */
  identityProviders(): Promise<readonly IdentityProvider[]>
  createIdentityProvider(
    provider: Omit<IdentityProvider, 'createdAt'>,
    change: Change,
  ): Promise<Parsed<IdentityProvider>>
  /** One that becomes the default takes that from the other. Another issuer ends the sessions it vouched for. */
  updateIdentityProvider(
    id: string,
    change: Change,
    edit: (current: IdentityProvider) => Parsed<IdentityProvider>,
  ): Promise<Parsed<IdentityProvider>>
  /** Ends the sessions it vouched for and takes back the memberships it gave. False when there is none. */
  deleteIdentityProvider(id: string, change: Change): Promise<boolean>

  /** Ids of the roles (identity/roles.ts) that the person has. */
  rolesOf(personId: string): Promise<readonly string[]>
  roleMembers(roleId: string): Promise<readonly Person[]>
  /** Throws `already-exists` for a member. */
  addRoleMember(roleId: string, personId: string, change: Change): Promise<void>
  /** False when the person has not got it. Throws `invalid` for the last enabled Global Administrator. */
  removeRoleMember(roleId: string, personId: string, change: Change): Promise<boolean>

  groups(): Promise<readonly Group[]>
  /** Throws `already-exists` where another one has the unique name. */
  createGroup(
    displayName: string,
    change: Change,
    more?: Partial<Pick<Group, 'description' | 'uniqueName'>>,
  ): Promise<Group>
  updateGroup(id: string, change: Change, edit: (current: Group) => Group): Promise<Group>
  deleteGroup(id: string, change: Change): Promise<boolean>
  /** All there are. */
  memberships(): Promise<readonly Membership[]>
  /** People who are direct members. */
  groupMembers(groupId: string): Promise<readonly Person[]>
  /** Groups that are direct members: they count for policies and for what applications are told, not for assignments. */
  memberGroups(groupId: string): Promise<readonly Group[]>
  /** Groups that a person or a group is a member of; `all`: and the groups above those. By name. */
  groupsOf(memberId: string, reach: 'direct' | 'all'): Promise<readonly Group[]>
  /** Groups inside this one, however deep. */
  groupsWithin(groupId: string): Promise<readonly Group[]>
  /** A person or a group. Throws `already-exists` for a member, `invalid` for a group that contains this one. */
  addGroupMember(groupId: string, memberId: string, change: Change): Promise<void>
  removeGroupMember(groupId: string, memberId: string, change: Change): Promise<boolean>

  /** Of all applications if none is said. Taking away a right to enter, here or by a group, ends the sessions that came from it. */
  assignments(applicationId?: string): Promise<readonly Assignment[]>
  assign(
    assignment: Pick<Assignment, 'applicationId' | 'principalId' | 'principalType' | 'appRoleId'>,
    change: Change,
  ): Promise<Parsed<Assignment>>
  removeAssignment(id: string, change: Change): Promise<boolean>

  tokenLifetimePolicies(): Promise<readonly TokenLifetimePolicy[]>
  /** Issues where the definition says nothing usable, and for a second default of the organisation. */
  createTokenLifetimePolicy(
    policy: Omit<TokenLifetimePolicy, 'id'>,
    change: Change,
  ): Promise<Parsed<TokenLifetimePolicy>>
  updateTokenLifetimePolicy(
    id: string,
    change: Change,
    edit: (current: TokenLifetimePolicy) => TokenLifetimePolicy,
  ): Promise<Parsed<TokenLifetimePolicy>>
  /** Takes it from the applications that have it, too. */
  deleteTokenLifetimePolicy(id: string, change: Change): Promise<boolean>
  /** The one policy of an application's own. */
  tokenLifetimePolicyOf(applicationId: string): Promise<TokenLifetimePolicy | undefined>
  /** Application → the policy that it has, by their ids. */
  tokenLifetimePoliciesInUse(): Promise<ReadonlyMap<string, string>>
  /** Ids of the applications that have this policy. */
  applicationsOfTokenLifetimePolicy(id: string): Promise<readonly string[]>
  /** Throws `already-exists` for an application that has one. */
  assignTokenLifetimePolicy(applicationId: string, policyId: string, change: Change): Promise<void>
  removeTokenLifetimePolicy(
    applicationId: string,
    policyId: string,
    change: Change,
  ): Promise<boolean>

  readonly tokenPeople: TokenPeople
  /** Applications as clients of the embedded provider. */
  readonly clients: ClientStore
  /** Of all principals if none is said. */
  apiPermissions(principalId?: string): Promise<readonly ApiPermission[]>
  grantApiPermission(
    principalId: string,
    appRoleId: string,
    change: Change,
  ): Promise<Parsed<ApiPermission>>
  /** False when there is none. */
  revokeApiPermission(id: string, change: Change): Promise<boolean>

  connectors(): Promise<readonly Connector[]>
  connector(id: string): Promise<Connector | undefined>
  /** Throws `invalid` where the regions forbid it (a region is entered from a group without one). */
  moveConnector(id: string, groupId: string, change: Change): Promise<boolean>
  deleteConnector(id: string, change: Change): Promise<boolean>
  /** Takes a connector out of service, or back in with `undefined`. False when there is none of this id. [K5] */
  drainConnector(id: string, seconds: number | undefined, change: Change): Promise<boolean>
  /** Facts a connector tells when it dials in; not audited. */
  noteConnector(
    id: string,
    facts: Pick<Connector, 'machineName' | 'externalIp' | 'version'>,
  ): Promise<void>
  /** Its last link ended just now; not audited. */
  noteDeparture(connectorId: string): Promise<void>

  connectorGroups(): Promise<readonly ConnectorGroup[]>
  createConnectorGroup(
    group: Pick<ConnectorGroup, 'name' | 'region'>,
    change: Change,
  ): Promise<Parsed<ConnectorGroup>>
  updateConnectorGroup(
    id: string,
    change: Change,
    edit: (current: ConnectorGroup) => Parsed<ConnectorGroup>,
  ): Promise<Parsed<ConnectorGroup>>
  /** Refused while connectors or applications are in it, and for the default group. */
  deleteConnectorGroup(id: string, change: Change): Promise<Parsed<boolean>>

  /** A one-time enrolment secret for one group, for seven days at most. Only its hash is kept. [K1] */
  createEnrolmentToken(
    groupId: string,
    lifetimeSeconds: number,
    change: Change,
  ): Promise<{ readonly id: string; readonly secret: string; readonly expiresAt: number }>
  /** What became of a token; undefined when there is none of this id, or it was forgotten. */
  enrolmentToken(id: string): Promise<EnrolmentToken | undefined>
  /**
   * Uses the secret up and registers the key, in one transaction; says why not otherwise. A key that is registered
   * already throws `already-exists` and leaves the secret as it was.
   */
  enrolConnector(
    secret: string,
    connector: Pick<Connector, 'machineName' | 'externalIp' | 'version' | 'publicKey'>,
  ): Promise<
    | { readonly connectorId: string }
    | { readonly refused: 'unknown-token' | 'used-token' | 'expired-token' }
  >

  /** The refused calls of one application, or of all, the latest first. */
  corsRefusals(applicationId?: string): Promise<readonly CorsRefusals[]>
  /** Adds to what is there; applications that are gone are left out. */
  addCorsRefusals(counts: readonly CorsRefusals[]): Promise<void>

  /** The newest `limit` sign-ins, or the newest before `after`. */
  signIns(limit: number, after?: Pick<KeptSignIn, 'at' | 'id'>): Promise<readonly KeptSignIn[]>
  signIn(id: string): Promise<KeptSignIn | undefined>
  addSignIns(entries: readonly SignInEntry[]): Promise<void>
  /** Removes the oldest: those of before this epoch millisecond, and what there is too much of. */
  removeSignIns(before: number): Promise<void>
  /** The newest `limit` entries, newest first. */
  audit(limit: number): Promise<readonly AuditEntry[]>
}
