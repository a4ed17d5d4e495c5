import type { AccessPolicy, NamedLocation } from './access-policy.ts'
import {
  type CompiledPolicy,
  compileConditionalAccess,
  type PolicedApplication,
  type PolicySources,
} from './compile.ts'
import type { AccessFacts, SignInProof } from './evaluate.ts'

/** Changes of a policy, a level deep in its conditions; for tests. */
export interface PolicyChange extends Omit<Partial<AccessPolicy>, 'conditions' | 'session'> {
  readonly include?: Partial<AccessPolicy['conditions']['people']['include']>
  readonly exclude?: Partial<AccessPolicy['conditions']['people']['exclude']>
  readonly conditions?: Partial<AccessPolicy['conditions']>
  readonly session?: Partial<AccessPolicy['session']>
}

const nobody = { people: [], groups: [], roles: [] }

/** A policy that asks everybody everywhere for a second factor, changed as said; for tests. */
export function samplePolicy({
  include,
  exclude,
  conditions,
  session,
  ...change
}: PolicyChange = {}): AccessPolicy {
  return {
    id: 'p1',
    displayName: 'Second factor for all',
    state: 'enabled',
    conditions: {
      people: {
        include: { ...nobody, people: include ? [] : 'all', ...include },
        exclude: { ...nobody, ...exclude },
      },
      applications: { include: 'all', exclude: [] },
      locations: undefined,
      platforms: undefined,
      clients: 'all',
      ...conditions,
    },
    grant: { operator: 'OR', controls: ['mfa'] },
    session: { maxAge: undefined, persistentBrowser: undefined, ...session },
    templateId: undefined,
    createdAt: 0,
    modifiedAt: undefined,
    ...change,
  }
}

export const applications: readonly PolicedApplication[] = [
  { id: 'expenses', appId: 'app-expenses' },
  { id: 'payroll', appId: 'app-payroll' },
]

export const office: NamedLocation = {
  id: 'office',
  kind: 'addresses',
  displayName: 'Office',
  ranges: ['192.0.2.0/24', '2001:db8:1::/48'],
  trusted: true,
  createdAt: 0,
  modifiedAt: undefined,
}

export const alps: NamedLocation = {
  id: 'alps',
  kind: 'countries',
  displayName: 'Alps',
  countries: ['AT', 'CH'],
  includeUnknown: false,
  createdAt: 0,
  modifiedAt: undefined,
}

/** Ann and Bob are in Sales; Bob is a manager of Expenses. */
export const sources: PolicySources = {
  policies: [],
  locations: [office, alps],
  groupMembers: new Map([['sales', new Set(['ann', 'bob'])]]),
  roleHolders: new Map([
    ['manager', { everywhere: new Set<string>(), at: new Map([['expenses', new Set(['bob'])]]) }],
    ['global', { everywhere: new Set(['zoe']), at: new Map<string, ReadonlySet<string>>() }],
  ]),
}

/** These policies, compiled with the groups, roles and places above. */
export function compiled(...policies: readonly AccessPolicy[]): readonly CompiledPolicy[] {
  return compileConditionalAccess({ ...sources, policies }, applications).policies
}

/** Ann at Expenses, from nowhere in particular, changed as said. */
export function sampleFacts(change: Partial<AccessFacts> = {}): AccessFacts {
  return {
    personId: 'ann',
    applicationId: 'expenses',
    appId: 'app-expenses',
    client: 'browser',
    platform: 'windows',
    place: { address: undefined, country: undefined },
    ...change,
  }
}

export const noon = Date.UTC(2026, 0, 1, 12)
export const hourMs = 3_600_000

/** Somebody who has just signed in with a password, changed as said. */
export function sampleProof(change: Partial<SignInProof> = {}): SignInProof {
  return { authenticatedAt: noon, startedAt: noon, multiFactor: false, ...change }
}
