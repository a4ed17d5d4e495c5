import { isRecord } from './entra-export.ts'
import { type DomainMap, mapUrl, type Report } from './entra-report.ts'
import { type Resource, textAt } from './resource.ts'

export interface Publishing {
  readonly map: DomainMap
  readonly report: Report
}

const same = [
  ...[
    'applicationServerTimeout',
    'externalAuthenticationType',
    'isBackendCertificateValidationEnabled',
  ],
  ...['isHttpOnlyCookieEnabled', 'isPersistentCookieEnabled', 'isSecureCookieEnabled'],
  ...['isTranslateHostHeaderEnabled', 'isTranslateLinksInBodyEnabled'],
  ...['useAlternateUrlForTranslationAndRedirect'],
] as const

/** What is looked at by itself, or says nothing. */
const handled: ReadonlySet<string> = new Set([
  ...same,
  ...['externalUrl', 'internalUrl', 'alternateUrl', 'onPremisesApplicationSegments'],
  ...[
    'segmentsConfiguration',
    'singleSignOnSettings',
    'isOnPremPublishingEnabled',
    'applicationType',
  ],
  ...['verifiedCustomDomainCertificatesMetadata', 'verifiedCustomDomainKeyCredential'],
  ...['verifiedCustomDomainPasswordCredential', 'isStateSessionEnabled'],
  ...['isContinuousAccessEvaluationEnabled'],
])

/** What there is no counterpart for, unless it says nothing. */
const without: Readonly<Record<string, string>> = {
  isAccessibleViaZTNAClient: 'access by the Global Secure Access client has no counterpart',
  isDnsResolutionEnabled: 'name resolution of Private Access has no counterpart',
  trafficRoutingMethod: 'requests go to the least busy connector; there is no other way of routing',
  wafAllowedHeaders: 'a firewall in front is trusted with sallyport edge --trusted-proxy instead',
  wafIpRanges: 'a firewall in front is trusted with sallyport edge --trusted-proxy instead',
  wafProvider: 'a firewall in front is trusted with sallyport edge --trusted-proxy instead',
}

/** `onPremisesPublishing` as a configuration document has it; whatever is not taken as it is, is told. */
export function convertPublishing(from: Resource, path: string, to: Publishing): Resource {
  const { map, report } = to
  const at = (name: string): string => `${path}/${name}`
  const said = (name: string) => from[name] !== undefined && from[name] !== null
  const settings = Object.fromEntries(same.filter(said).map((name) => [name, from[name]]))
  const segments = segmentsOf(from)
  reportRest(from, path, report)
  return {
    externalUrl: mapUrl(textAt(from, 'externalUrl'), map, at('externalUrl'), report),
    internalUrl: textAt(from, 'internalUrl'),
    ...(textAt(from, 'alternateUrl') !== '' && {
      alternateUrl: mapUrl(textAt(from, 'alternateUrl'), map, at('alternateUrl'), report),
    }),
    ...settings,
    ...convertSignOn(from, path, report),
    ...(segments.list.length > 0 && {
      onPremisesApplicationSegments: segments.list.map((segment, index) =>
        convertSegment(segment, `${at(segments.name)}/${index}`, to),
      ),
    }),
  }
}

/** The segments in either shape; the newer one where both are there. */
function segmentsOf(from: Resource): { readonly name: string; readonly list: readonly Resource[] } {
  const configuration = from['segmentsConfiguration']
  const newer = isRecord(configuration) ? configuration['applicationSegments'] : undefined
  const older = from['onPremisesApplicationSegments']
  const isNew = Array.isArray(newer) && newer.length > 0
  const list = isNew ? newer : Array.isArray(older) ? older : []
  const name = isNew ? 'segmentsConfiguration/applicationSegments' : 'onPremisesApplicationSegments'
  return { name, list: list.filter(isRecord) }
}

function convertSegment(from: Resource, path: string, to: Publishing): Resource {
  const { map, report } = to
  const alternate = textAt(from, 'alternateUrl')
  const rules = Array.isArray(from['corsConfigurations']) ? from['corsConfigurations'] : []
  return {
    externalUrl: mapUrl(textAt(from, 'externalUrl'), map, `${path}/externalUrl`, report),
    internalUrl: textAt(from, 'internalUrl'),
    ...(alternate !== '' && {
      alternateUrl: mapUrl(alternate, map, `${path}/alternateUrl`, report),
    }),
    corsConfigurations: rules
      .filter(isRecord)
      .map((rule, index) => convertRule(rule, `${path}/corsConfigurations/${index}`, to)),
  }
}

function convertRule(from: Resource, path: string, { map, report }: Publishing): Resource {
  const origins = wordsIn(from['allowedOrigins']).map((origin, index) => {
    const mapped = mapUrl(origin, map, `${path}/allowedOrigins/${index}`, report)
    // The original's own example has a slash, which no browser sends.
    return mapped.replace(/\/$/, '')
  })
  return {
    resource: textAt(from, 'resource') || '/',
    allowedOrigins: origins,
    allowedHeaders: wordsIn(from['allowedHeaders']),
    allowedMethods: wordsIn(from['allowedMethods']),
    maxAgeInSeconds: Number(from['maxAgeInSeconds'] ?? 0) || 0,
  }
}

/** The samples write one word for a list of one, and `[""]` for none. */
function wordsIn(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value]
  return list.filter((word): word is string => typeof word === 'string' && word !== '')
}

const signOnModes: Readonly<Record<string, string>> = {
  onpremiseskerberos: 'Kerberos (integrated Windows authentication) is not supported yet',
  saml: 'SAML is not supported: let the application sign in by OpenID Connect, or by headers',
  pingheaderbased: 'PingAccess is not supported: header-based sign-on may do instead',
  oauthtoken: 'sign-on by OAuth token is not supported: identity assertions may do instead',
  password: 'passwords are not replayed',
  linked: 'linked sign-on has nothing to take over',
}

function convertSignOn(from: Resource, path: string, report: Report): Resource {
  const mode = textAt(from, 'singleSignOnSettings/singleSignOnMode')
  const place = `${path}/singleSignOnSettings/singleSignOnMode`
  if (/^(?:aadHeaderBased|headerBased)$/i.test(mode)) {
    const message =
      'which headers the application gets is not in an export: header-based sign-on is off until they are said'
    report({ kind: 'left', path: place, message, fix: 'docs/header-sign-on.md' })
    return {}
  }
  reportSignOn(mode, place, report)
  return {}
}

/** Tells of a sign-on mode that is not taken over. */
export function reportSignOn(mode: string, path: string, report: Report): void {
  const reason = signOnModes[mode.toLowerCase()]
  if (reason !== undefined) {
    const message = `${reason}; people sign in at the application by themselves`
    report({ kind: 'left', path, message })
  } else if (mode !== '' && !/^(?:none|notSupported|oidc)$/i.test(mode)) {
    report({ kind: 'left', path, message: `the sign-on mode ${mode} is not known` })
  }
}

function reportRest(from: Resource, path: string, report: Report): void {
  const at = (name: string): string => `${path}/${name}`
  for (const name of ['isStateSessionEnabled', 'isContinuousAccessEvaluationEnabled']) {
    if (from[name] === false)
      report({ kind: 'changed', path: at(name), message: 'is always on here' })
  }
  const certificate = from['verifiedCustomDomainCertificatesMetadata']
  if (isRecord(certificate)) {
    const message = `the certificate ${textAt(certificate, 'subjectName')} cannot be exported with its key: upload it once more, or have one ordered`
    report({
      ...{ kind: 'left', message, fix: 'sallyport certificates upload' },
      path: at('verifiedCustomDomainCertificatesMetadata'),
    })
  }
  for (const [name, value] of Object.entries(from)) {
    if (handled.has(name) || name.includes('@') || saysNothing(value)) continue
    const message = without[name] ?? 'is not known, and not taken over'
    report({ kind: 'left', path: at(name), message })
  }
}

function saysNothing(value: unknown): boolean {
  return (
    [null, undefined, false, '', 'none'].some((nothing) => value === nothing) ||
    (Array.isArray(value) && value.length === 0) ||
    (isRecord(value) && Object.keys(value).length === 0)
  )
}
