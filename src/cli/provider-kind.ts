import type { Api } from './api.ts'
import { type Kind, resolve } from './kind.ts'
import { textAt } from './resource.ts'

export const providerKind: Kind = {
  noun: 'identity provider',
  path: '/identity/identityProviders',
  nameProperty: 'displayName',
  listCommand: 'providers list',
}

/** The id of a provider by its name; `embedded` is its own id. */
export async function providerIdOf(
  api: Api,
  word: string | undefined,
): Promise<string | undefined> {
  if (word === undefined || word === 'embedded') return word
  return textAt(await resolve(api, providerKind, word), 'id')
}
