import { segmentsOf } from './app-kind.ts'
import type { Fact } from './output.ts'
import { listAt, type Resource, textAt, valueAt, wordsAt } from './resource.ts'
import type { Column } from './table.ts'
import type { Style } from './text.ts'

/** Whether people get in: `on`, `maintenance`, or `not published`. */
export function stateOf(app: Resource): string {
  if (!valueAt(app, 'onPremisesPublishing')) return 'not published'
  return valueAt(app, 'onPremisesPublishing/isInMaintenance') === true ? 'maintenance' : 'on'
}

export const appColumns: readonly Column<Resource>[] = [
  { title: 'NAME', value: (app) => textAt(app, 'displayName') },
  { title: 'EXTERNAL URL', value: (app) => textAt(app, 'onPremisesPublishing/externalUrl') },
  { title: 'INTERNAL URL', value: (app) => textAt(app, 'onPremisesPublishing/internalUrl') },
  { title: 'SEGMENTS', value: (app) => String(segmentsOf(app).length || '') },
  {
    title: 'STATE',
    value: stateOf,
    style: (app) => (stateOf(app) === 'on' ? 'good' : 'warn'),
  },
  { title: 'ID', value: (app) => textAt(app, 'id'), whole: true, spare: true },
]

export const segmentColumns: readonly Column<Resource>[] = [
  { title: 'EXTERNAL URL', value: (segment) => textAt(segment, 'externalUrl') },
  { title: 'INTERNAL URL', value: (segment) => textAt(segment, 'internalUrl') },
  { title: 'ALTERNATE URL', value: (segment) => textAt(segment, 'alternateUrl') },
  {
    title: 'CORS RULES',
    value: (segment) => String(listAt(segment, 'corsConfigurations').length || ''),
  },
  { title: 'ID', value: (segment) => textAt(segment, 'id'), whole: true, spare: true },
]

export const ruleColumns: readonly Column<Resource>[] = [
  { title: 'RESOURCE', value: (rule) => textAt(rule, 'resource') },
  { title: 'ORIGINS', value: (rule) => wordsAt(rule, 'allowedOrigins').join(', ') },
  { title: 'METHODS', value: (rule) => wordsAt(rule, 'allowedMethods').join(', ') },
  { title: 'HEADERS', value: (rule) => wordsAt(rule, 'allowedHeaders').join(', ') },
  { title: 'CREDENTIALS', value: (rule) => yesNo(valueAt(rule, 'allowCredentials')) },
  { title: 'MAX AGE', value: (rule) => textAt(rule, 'maxAgeInSeconds') },
  {
    title: 'MODE',
    value: (rule) => textAt(rule, 'mode'),
    style: (rule) => (valueAt(rule, 'mode') === 'dryRun' ? 'warn' : undefined),
  },
  { title: 'ID', value: (rule) => textAt(rule, 'id'), whole: true, spare: true },
]

const healthStyles: Readonly<Record<string, Style>> = {
  healthy: 'good',
  degraded: 'warn',
  unreachable: 'bad',
}

/** Which connectors reach an internal URL, and why not. */
export const healthColumns: readonly Column<Resource>[] = [
  {
    title: 'STATUS',
    value: (row) => textAt(row, 'status'),
    style: (row) => healthStyles[textAt(row, 'status')],
  },
  { title: 'INTERNAL URL', value: (row) => textAt(row, 'internalUrl') },
  { title: 'EXTERNAL URL', value: (row) => textAt(row, 'externalUrl') },
  { title: 'CONNECTORS', value: (row) => listAt(row, 'connectors').map(reachOf).join(', ') },
]

function reachOf(connector: Resource): string {
  const reached = valueAt(connector, 'isReached')
  const said = reached === true ? 'reaches it' : textAt(connector, 'reason') || 'has not said'
  return `${textAt(connector, 'machineName')} ${said}`
}

export function yesNo(value: unknown): string {
  return value === true ? 'yes' : value === false ? 'no' : ''
}

/** What is set of an application, as far as it is not what everybody has. */
export function appFacts(app: Resource, group: Resource, principal: Resource): readonly Fact[] {
  const at = (name: string): string => textAt(app, `onPremisesPublishing/${name}`)
  const isOn = (name: string): boolean => valueAt(app, `onPremisesPublishing/${name}`) === true
  const passthrough = at('externalAuthenticationType') === 'passthru'
  return [
    ['Name', textAt(app, 'displayName'), 'bold'],
    ['State', stateOf(app), stateOf(app) === 'on' ? 'good' : 'warn'],
    ['External URL', at('externalUrl')],
    ['Internal URL', at('internalUrl')],
    ['Alternate URL', at('alternateUrl')],
    ['Sign-in', passthrough ? 'none: everybody gets through to the application' : 'before it'],
    ['Who may enter', whoMayEnter(principal, passthrough)],
    ['Connector group', textAt(group, 'name')],
    ['Segments may call each other', isOn('allowSiblingSegments') ? 'yes' : ''],
    ['Links translated', isOn('isTranslateLinksInBodyEnabled') ? 'yes' : ''],
    [
      'Certificate of application',
      isOn('isBackendCertificateValidationEnabled') ? '' : 'not checked',
      'warn',
    ],
    ['Timeout', at('applicationServerTimeout') === 'Long' ? '180 s' : ''],
    ['Identity provider', at('identityProviderId')],
    ['Session at most', at('sessionLifetimeInSeconds') && `${at('sessionLifetimeInSeconds')} s`],
    ['Certificate until', at('verifiedCustomDomainCertificatesMetadata/expiryDate')],
    ['App id', textAt(app, 'appId')],
    ['Id', textAt(app, 'id')],
  ]
}

function whoMayEnter(principal: Resource, passthrough: boolean): string {
  if (passthrough) return ''
  return valueAt(principal, 'appRoleAssignmentRequired') === false
    ? 'everybody who can sign in'
    : 'who is assigned'
}
