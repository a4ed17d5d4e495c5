import type { Api } from './api.ts'
import { appKind } from './app-kind.ts'
import { connectorGroupKind, connectorKind, profilePath } from './connector-kind.ts'
import { readContexts } from './contexts.ts'
import { groupKind, userKind } from './principals.ts'
import { providerKind } from './provider-kind.ts'
import { type Resource, textAt, wordsAt } from './resource.ts'
import type { Surroundings } from './surroundings.ts'
import { allSegments, allTargets } from './target.ts'

// A list in a terminal; whoever has more types on.
const namesMax = 200

type Names = (api: Api, surroundings: Surroundings) => Promise<readonly string[]>

function namesAt(path: string, property: string, select?: string): Names {
  return async (api) => {
    const found = await api.list(path, { select }, namesMax)
    return found.map((each) => textAt(each, property))
  }
}

const accessPath = '/identity/conditionalAccess'

/** Where the names of each noun come from, as parameters call it by `namesOf`. */
const sources: Readonly<Record<string, Names>> = {
  apps: namesAt(appKind.path, appKind.nameProperty, 'id,displayName'),
  programs: async (api) => {
    const apps = await api.list(appKind.path, { select: appKind.select })
    const programs = apps.filter((app) => !app['onPremisesPublishing'])
    return programs.map((each) => textAt(each, appKind.nameProperty))
  },
  segments: async (api) => (await allSegments(api)).map(({ name }) => name),
  targets: async (api) => (await allTargets(api)).map(({ name }) => name),
  connectors: namesAt(connectorKind.path, connectorKind.nameProperty),
  'connector-groups': namesAt(connectorGroupKind.path, connectorGroupKind.nameProperty),
  users: namesAt(userKind.path, userKind.nameProperty),
  groups: namesAt(groupKind.path, groupKind.nameProperty),
  certificates: async (api) =>
    (await api.list(`${profilePath}/certificates`)).flatMap((each: Resource) =>
      wordsAt(each, 'dnsNames').slice(0, 1),
    ),
  policies: namesAt(`${accessPath}/policies`, 'displayName'),
  locations: namesAt(`${accessPath}/namedLocations`, 'displayName'),
  'token-lifetimes': namesAt('/policies/tokenLifetimePolicies', 'displayName'),
  providers: namesAt(providerKind.path, providerKind.nameProperty),
  roles: namesAt('/directoryRoles', 'displayName'),
  revisions: namesAt('/revisions', 'id'),
  contexts: async (_, { environment }) => Object.keys((await readContexts(environment)).byName),
}

/** The nouns whose names can be asked for. */
export const namedNouns: readonly string[] = Object.keys(sources)

/** The names that a noun has at this edge. */
export async function namesOfNoun(
  noun: string,
  api: Api,
  surroundings: Surroundings,
): Promise<readonly string[]> {
  const names = await sources[noun]?.(api, surroundings)
  return (names ?? []).slice(0, namesMax)
}
