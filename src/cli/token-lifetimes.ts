import { yesNo } from './app-facts.ts'
import { appKind } from './app-kind.ts'
import { command } from './command.ts'
import { referTo } from './connector-kind.ts'
import { usageFailure } from './failure.ts'
import { type Kind, nameOf, pathOf, resolve } from './kind.ts'
import { flag, need, setting, whole } from './parameter.ts'
import { type Resource, textAt, valueAt, wordsAt } from './resource.ts'
import { deleteCommand, listCommand } from './resource-commands.ts'
import type { Column } from './table.ts'

const lifetimeKind: Kind = {
  noun: 'token lifetime policy',
  path: '/policies/tokenLifetimePolicies',
  nameProperty: 'displayName',
  listCommand: 'token-lifetimes list',
}

const thePolicy = { policy: need('policy', 'name or id', { namesOf: 'token-lifetimes' }) }

function lifetimeOf(policy: Resource): string {
  const [definition = ''] = wordsAt(policy, 'definition')
  return /"AccessTokenLifetime"\s*:\s*"([^"]*)"/.exec(definition)?.[1] ?? definition
}

const columns: readonly Column<Resource>[] = [
  { title: 'NAME', value: (policy) => textAt(policy, 'displayName') },
  { title: 'LIFETIME', value: lifetimeOf },
  { title: 'FOR ALL', value: (policy) => yesNo(valueAt(policy, 'isOrganizationDefault')) },
  { title: 'ID', value: (policy) => textAt(policy, 'id'), whole: true, spare: true },
]

const facts = {
  kind: lifetimeKind,
  noun: 'token-lifetimes',
  plural: 'how long a sign-in counts before it is renewed',
  columns,
  facts: (policy: Resource) =>
    [
      ['Name', textAt(policy, 'displayName'), 'bold'],
      ['Lifetime', lifetimeOf(policy)],
      ['For all', yesNo(valueAt(policy, 'isOrganizationDefault'))],
      ['Id', textAt(policy, 'id')],
    ] as const,
  example: '"Eight hours"',
  lost: '',
}

const show = command({
  name: 'show',
  summary: 'one token lifetime policy, and the applications it is for',
  kind: 'read',
  examples: [`token-lifetimes show ${facts.example}`],
  takes: thePolicy,
  async run({ api, out }, { policy: word }) {
    const policy = await resolve(api, lifetimeKind, word)
    const appliesTo = await api.list(`${pathOf(lifetimeKind, policy)}/appliesTo`)
    const names = appliesTo.map((app) => nameOf(appKind, app)).join(', ')
    out.item({ ...policy, appliesTo }, [...facts.facts(policy), ['Applications', names]])
  },
})

// As the original bounds them: ten minutes to a day.
const minutes = whole('number', 'from 10 to 1440', 10, 1440)

/** `1.00:00:00` for a day, `08:00:00` for eight hours, as the definition wants it. */
function definitionOf(total: number): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  const days = Math.floor(total / 1440)
  const clock = `${two(Math.floor(total / 60) % 24)}:${two(total % 60)}:00`
  const lifetime = days > 0 ? `${days}.${clock}` : clock
  return JSON.stringify({ TokenLifetimePolicy: { Version: 1, AccessTokenLifetime: lifetime } })
}

const create = command({
  name: 'create',
  summary: 'make a token lifetime policy',
  kind: 'write',
  examples: ['token-lifetimes create --name "Eight hours" --minutes 480'],
  options: {
    name: need('name', 'how it is called'),
    minutes,
    everywhere: flag('for every application that has none of its own'),
  },
  async run({ api, out }, { name, minutes: total, everywhere }) {
    if (total === undefined) throw usageFailure('Say how long with --minutes.')
    const body = {
      displayName: name,
      definition: [definitionOf(total)],
      isOrganizationDefault: everywhere,
    }
    const made = (await api.change('POST', lifetimeKind.path, body)) ?? body
    out.done(`The policy ${name} is there.`, made)
  },
})

const update = command({
  name: 'update',
  summary: 'change how long a token lifetime policy lets a sign-in count',
  kind: 'write',
  examples: [`token-lifetimes update ${facts.example} --minutes 60`],
  takes: thePolicy,
  options: { minutes, everywhere: setting('for every application that has none of its own') },
  async run({ api, out }, { policy: word, minutes: total, everywhere }) {
    const policy = await resolve(api, lifetimeKind, word)
    const body = {
      ...(total !== undefined && { definition: [definitionOf(total)] }),
      ...(everywhere !== undefined && { isOrganizationDefault: everywhere }),
    }
    if (Object.keys(body).length === 0) throw usageFailure('Say what is to change.')
    await api.change('PATCH', pathOf(lifetimeKind, policy), body)
    if (api.isDryRun) return
    const now = await api.get(pathOf(lifetimeKind, policy))
    out.done(`${nameOf(lifetimeKind, now)} is ${lifetimeOf(now)}.`, now)
  },
})

const ofApp = { ...thePolicy, app: need('app', 'the application', { namesOf: 'apps' }) }

const assign = command({
  name: 'assign',
  summary: 'let a token lifetime policy count for an application',
  kind: 'write',
  examples: [`token-lifetimes assign ${facts.example} Wiki`],
  takes: ofApp,
  async run({ api, out }, { policy: word, app: appWord }) {
    const policy = await resolve(api, lifetimeKind, word)
    const app = await resolve(api, appKind, appWord)
    const reference = await referTo(api, lifetimeKind, policy)
    await api.change('POST', `${pathOf(appKind, app)}/tokenLifetimePolicies/$ref`, reference)
    out.done(`${nameOf(lifetimeKind, policy)} counts for ${nameOf(appKind, app)}.`, policy)
  },
})

const unassign = command({
  name: 'unassign',
  summary: 'let a token lifetime policy no longer count for an application',
  kind: 'write',
  examples: [`token-lifetimes unassign ${facts.example} Wiki`],
  takes: ofApp,
  async run({ api, out }, { policy: word, app: appWord }) {
    const policy = await resolve(api, lifetimeKind, word)
    const app = await resolve(api, appKind, appWord)
    const path = `${pathOf(appKind, app)}/tokenLifetimePolicies/${textAt(policy, 'id')}/$ref`
    await api.change('DELETE', path)
    const name = nameOf(lifetimeKind, policy)
    out.done(`${name} does not count for ${nameOf(appKind, app)} any more.`, policy)
  },
})

export const tokenLifetimes = [
  ...[listCommand(facts), show, create, update, assign, unassign, deleteCommand(facts)],
]
