import { appKind } from './app-kind.ts'
import { command } from './command.ts'
import { type Kind, nameOf, pathOf, resolve } from './kind.ts'
import type { Fact } from './output.ts'
import { need, option, several } from './parameter.ts'
import { userKind } from './principals.ts'
import { type Resource, textAt, wordsAt } from './resource.ts'
import {
  createFromFileCommand,
  deleteCommand,
  listCommand,
  showCommand,
  updateFromFileCommand,
} from './resource-commands.ts'
import type { Column } from './table.ts'
import type { Style } from './text.ts'
import { when } from './time.ts'

const policyKind: Kind = {
  noun: 'conditional access policy',
  path: '/identity/conditionalAccess/policies',
  nameProperty: 'displayName',
  listCommand: 'policies list',
}

const reportOnly = 'enabledForReportingButNotEnforced'

function stateOf(policy: Resource): string {
  const state = textAt(policy, 'state')
  return state === reportOnly ? 'report only' : state
}

const stateStyles: Readonly<Record<string, Style>> = { enabled: 'good', 'report only': 'warn' }

function grantOf(policy: Resource): string {
  const controls = wordsAt(policy, 'grantControls/builtInControls')
  return controls.join(` ${textAt(policy, 'grantControls/operator')} `)
}

const columns: readonly Column<Resource>[] = [
  { title: 'NAME', value: (policy) => textAt(policy, 'displayName') },
  { title: 'STATE', value: stateOf, style: (policy) => stateStyles[stateOf(policy)] },
  { title: 'WANTS', value: grantOf },
  { title: 'CHANGED', value: (policy) => when(textAt(policy, 'modifiedDateTime')) },
  { title: 'ID', value: (policy) => textAt(policy, 'id'), whole: true, spare: true },
]

/** Every condition that says something, in the words of the API. */
function conditionFacts(conditions: unknown): readonly Fact[] {
  return Object.entries((conditions ?? {}) as Resource).flatMap(([name, value]) => {
    if (value === null || (Array.isArray(value) && value.length === 0)) return []
    if (Array.isArray(value)) return [[name, value.join(', ')] as const]
    if (typeof value === 'object') return conditionFacts(value)
    return []
  })
}

function sessionOf(controls: unknown): string {
  const { signInFrequency: frequency, persistentBrowser: browser } = (controls ?? {}) as Resource
  const every =
    textAt(frequency, 'frequencyInterval') === 'everyTime'
      ? 'time'
      : `${textAt(frequency, 'value')} ${textAt(frequency, 'type')}`
  const mode = textAt(browser, 'mode')
  return [
    ...(frequency ? [`sign-in every ${every}`] : []),
    ...(mode === '' ? [] : [`kept when the browser ends: ${mode}`]),
  ].join(', ')
}

const facts = {
  kind: policyKind,
  noun: 'policies',
  plural: 'conditional access policies',
  columns,
  facts: (policy: Resource): readonly Fact[] => [
    ['Name', textAt(policy, 'displayName'), 'bold'],
    ['State', stateOf(policy), stateStyles[stateOf(policy)]],
    ...conditionFacts(policy['conditions']),
    ['Wants', grantOf(policy)],
    ['Session', sessionOf(policy['sessionControls'])],
    ['Id', textAt(policy, 'id')],
  ],
  example: '"Second factor outside the office"',
  lost: '',
}

const states = {
  enable: ['enabled', 'enforce a policy from now on'],
  disable: ['disabled', 'let a policy rest'],
  'report-only': [reportOnly, 'evaluate a policy and record what it would do, and do nothing'],
} as const

function stateCommand(name: keyof typeof states) {
  const [state, summary] = states[name]
  return command({
    name,
    summary,
    kind: 'write',
    examples: [`policies ${name} ${facts.example}`],
    takes: { policy: need('policy', 'name or id', { namesOf: 'policies' }) },
    async run({ api, out }, { policy: word }) {
      const policy = await resolve(api, policyKind, word)
      await api.change('PATCH', pathOf(policyKind, policy), { state })
      const now = { ...policy, state }
      out.done(`${nameOf(policyKind, policy)}: ${stateOf(now)}.`, now)
    },
  })
}

const whatIfColumns: readonly Column<Resource>[] = [
  {
    title: 'APPLIES',
    value: (row) => (row['policyApplies'] === true ? 'yes' : 'no'),
    style: (row) => (row['policyApplies'] === true ? 'warn' : undefined),
  },
  ...columns.slice(0, 3),
  {
    title: 'BECAUSE',
    value: (row) => (row['policyApplies'] === true ? '' : textAt(row, 'analysisReasons')),
  },
]

const whatIf = command({
  name: 'what-if',
  summary: 'which policies would apply to a person who enters an application',
  kind: 'read',
  examples: ['policies what-if --user ann@contoso.com --app Wiki --ip 203.0.113.7'],
  options: {
    user: need('name', 'the person', { namesOf: 'users' }),
    app: several('name', 'the application; all if unsaid', { namesOf: 'apps' }),
    ip: option('address', 'where they come from'),
    country: option('code', 'two letters'),
    platform: option('name', 'windows, macOS, linux, iOS or android'),
    client: option('kind', 'browser or mobileAppsAndDesktopClients'),
  },
  async run({ api, out }, { user: word, app, ip, country, platform, client }) {
    const user = await resolve(api, userKind, word)
    const named = await Promise.all(app.map((each) => resolve(api, appKind, each)))
    const all = named.length > 0 ? named : await api.list(appKind.path, { select: appKind.select })
    const answer = await api.call('POST', '/identity/conditionalAccess/evaluate', {
      signInIdentity: {
        '@odata.type': '#microsoft.graph.userSignIn',
        userId: textAt(user, 'id'),
      },
      signInContext: {
        '@odata.type': '#microsoft.graph.applicationContext',
        includeApplications: all.slice(0, 100).map((each) => textAt(each, 'appId')),
      },
      signInConditions: {
        ...(ip !== undefined && { ipAddress: ip }),
        ...(country !== undefined && { country }),
        ...(platform !== undefined && { devicePlatform: platform }),
        ...(client !== undefined && { clientAppType: client }),
      },
    })
    const rows = (answer?.['value'] ?? []) as readonly Resource[]
    out.list(rows, whatIfColumns, 'There is no policy.')
  },
})

export const policies = [
  ...[listCommand(facts), showCommand(facts), createFromFileCommand(facts)],
  ...[updateFromFileCommand(facts), stateCommand('enable'), stateCommand('report-only')],
  ...[stateCommand('disable'), whatIf, deleteCommand(facts)],
]
