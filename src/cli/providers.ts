import { yesNo } from './app-facts.ts'
import { command } from './command.ts'
import { exitCodes, Failure } from './failure.ts'
import { nameOf, pathOf, resolve } from './kind.ts'
import { need } from './parameter.ts'
import { providerKind } from './provider-kind.ts'
import { type Resource, textAt, valueAt } from './resource.ts'
import {
  createFromFileCommand,
  deleteCommand,
  listCommand,
  showCommand,
  updateFromFileCommand,
} from './resource-commands.ts'
import type { Column } from './table.ts'

const theProvider = { provider: need('provider', 'name or id', { namesOf: 'providers' }) }

const columns: readonly Column<Resource>[] = [
  { title: 'NAME', value: (provider) => textAt(provider, 'displayName') },
  { title: 'ISSUER', value: (provider) => textAt(provider, 'issuer') },
  { title: 'CLIENT', value: (provider) => textAt(provider, 'clientId') },
  { title: 'DEFAULT', value: (provider) => yesNo(valueAt(provider, 'isDefault')) },
  { title: 'ID', value: (provider) => textAt(provider, 'id'), whole: true },
]

const facts = {
  kind: providerKind,
  noun: 'providers',
  plural: 'identity providers beside the embedded one',
  columns,
  facts: (provider: Resource) =>
    [
      ['Name', textAt(provider, 'displayName'), 'bold'],
      ['Issuer', textAt(provider, 'issuer')],
      ['Client', textAt(provider, 'clientId')],
      ['Proves itself by', textAt(provider, 'clientAuthentication')],
      ['Redirect URI', textAt(provider, 'redirectUri')],
      ['Keys', textAt(provider, 'keysUrl')],
      ['Default', yesNo(valueAt(provider, 'isDefault'))],
      ['Id', textAt(provider, 'id')],
    ] as const,
  example: 'Keycloak',
  lost: 'nobody can sign in there any more',
}

const health = command({
  name: 'health',
  summary: 'ask an identity provider about itself; exit code 1 if it does not answer well',
  kind: 'read',
  examples: ['providers health Keycloak'],
  takes: theProvider,
  async run({ api, out }, { provider: word }) {
    const provider = await resolve(api, providerKind, word)
    const found = await api.get(`${pathOf(providerKind, provider)}/health`)
    const isWell = valueAt(found, 'isReachable') === true
    const why = textAt(found, 'problem')
    out.item({ id: textAt(provider, 'id'), ...found }, [
      ['Name', nameOf(providerKind, provider), 'bold'],
      ['Health', isWell ? 'well' : why || 'not well', isWell ? 'good' : 'bad'],
    ])
    if (isWell) return
    throw new Failure({
      code: 'provider-unavailable',
      exitCode: exitCodes.failed,
      message: `${nameOf(providerKind, provider)} does not answer as it should. ${why}`.trim(),
      fix: `sallyport providers show ${nameOf(providerKind, provider)}`,
    })
  },
})

const rotateKey = command({
  name: 'rotate-key',
  summary: 'make a new key for an identity provider that knows the edge by its key',
  kind: 'write',
  examples: ['providers rotate-key Keycloak'],
  takes: theProvider,
  async run({ api, out }, { provider: word }) {
    const provider = await resolve(api, providerKind, word)
    await api.change('POST', `${pathOf(providerKind, provider)}/rotateClientKey`, {})
    out.done(`${nameOf(providerKind, provider)} finds the new key at its keys address.`, provider)
  },
})

export const providers = [
  ...[listCommand(facts), showCommand(facts), createFromFileCommand(facts)],
  ...[updateFromFileCommand(facts), health, rotateKey, deleteCommand(facts)],
]
