import { isDeepStrictEqual } from 'node:util'
import type { Application, Publishing, Segment } from '../publishing/application.ts'
import type { Call, Caller } from './call.ts'
import { forbidden } from './refusal.ts'

/** With it a program may manage the applications that it owns; people may by owning alone. */
export const ownersPermission = 'Application.ReadWrite.OwnedBy'

/** The applications that the caller owns, as far as that counts for anything; none for whom it does not. [G3] */
export async function ownApplications(
  { owners }: Call['directory'],
  { ownerId }: Pick<Caller, 'ownerId'>,
): Promise<ReadonlySet<string>> {
  if (ownerId === undefined) return new Set()
  return new Set((await owners.possessionsOf(ownerId)).applications)
}

/** All applications, or of a caller who is here as an owner their own. */
export async function seenApplications(call: Call): Promise<readonly Application[]> {
  const applications = await call.directory.applications()
  if (!call.isOwner) return applications
  const own = await ownApplications(call.directory, call.caller)
  return applications.filter(({ id }) => own.has(id))
}

/**
 * Throws 403 where an owner changes what is not theirs to decide: an owner looks after who may enter and who may call the
 * application. Names and addresses, which others could be taken by, where the edge gets in by it, who may be there without
 * signing in, and what the application is as a program, stay with those who may change every application.
 */
export function checkOwnersChange(before: Application, after: Application): void {
  const [beyond] = [
    ...differing(before, after, applicationNames),
    ...differing(before.registration, after.registration, registrationNames),
    ...beyondPublishing(before.publishing, after.publishing),
  ]
  if (beyond === undefined) return
  throw forbidden(
    `${beyond} is not for owners to change: it takes Application.ReadWrite.All. Owners change CORS rules, who may enter, maintenance, time-out, link translation, tags and home page.`,
  )
}

/** What an owner may not touch, in Graph's spelling. Undefined: looked at more closely, or the owner's to decide. */
type Names<Thing> = { readonly [Name in keyof Required<Thing>]: string | undefined }

const applicationNames: Names<Application> = {
  id: 'id',
  appId: 'appId',
  servicePrincipalId: 'servicePrincipalId',
  createdAt: 'createdDateTime',
  // Files and scripts know an application by it.
  displayName: 'displayName',
  uniqueName: 'uniqueName',
  identifierUris: 'identifierUris',
  redirectUris: 'web/redirectUris',
  homePageUrl: undefined,
  tags: undefined,
  assignmentRequired: undefined,
  connectorGroupId: 'connectorGroup',
  registration: undefined,
  publishing: undefined,
}

const registrationNames: Names<Application['registration']> = {
  // What an administrator has switched off stays off.
  enabled: 'accountEnabled',
  // Policies name roles by ids, which whoever makes them chooses.
  appRoles: 'appRoles',
  publicRedirectUris: 'publicClient/redirectUris',
  requiredResources: 'requiredResourceAccess',
  credentials: 'keyCredentials',
}

const publishingNames: Names<Publishing> = {
  externalUrl: 'externalUrl',
  internalUrl: 'internalUrl',
  alternateUrl: 'alternateUrl',
  preAuthentication: 'externalAuthenticationType',
  backendTimeout: undefined,
  translateHostHeader: 'isTranslateHostHeaderEnabled',
  translateLinksInBody: undefined,
  useAlternateUrl: 'useAlternateUrlForTranslationAndRedirect',
  validateBackendCertificate: 'isBackendCertificateValidationEnabled',
  backendHttp2: 'isBackendHttp2Enabled',
  cookie: 'isHttpOnlyCookieEnabled, isSecureCookieEnabled or isPersistentCookieEnabled',
  segments: undefined,
  corsRules: undefined,
  allowSiblingSegments: undefined,
  whenNoSegments: 'whenNoSegments',
  // A cookie for the whole domain could be among them.
  responseHeaders: 'responseHeaderRules',
  maintenance: undefined,
  preserveForms: undefined,
  injectSessionScript: undefined,
  sessionLifetimeSeconds: 'sessionLifetimeInSeconds',
  identityProviderId: 'identityProviderId',
  // What the application is told of people.
  identityHeaders: 'headerBasedSingleSignOn, singleSignOnSettings or isIdentityAssertionEnabled',
  forwardAccessToken: 'isAccessTokenForwarded',
}

const segmentNames: Names<Segment> = {
  id: 'id',
  externalUrl: 'externalUrl',
  internalUrl: 'internalUrl',
  alternateUrl: 'alternateUrl',
  corsRules: undefined,
  responseHeaders: 'responseHeaderRules',
}

function beyondPublishing(
  before: Publishing | undefined,
  after: Publishing | undefined,
): readonly string[] {
  if (!before || !after) return before === after ? [] : ['onPremisesPublishing']
  const segments = after.segments.flatMap((segment, at) => {
    const known = before.segments[at]
    return known ? differing(known, segment, segmentNames) : []
  })
  const isOther = before.segments.length !== after.segments.length
  return [
    ...differing(before, after, publishingNames),
    ...(isOther ? ['The list of segments'] : []),
    ...segments.map((name) => `${name} of a segment`),
  ]
}

function differing<Thing extends object>(
  before: Thing,
  after: Thing,
  names: Names<Thing>,
): readonly string[] {
  // What has no name in the table was never looked at, and is nobody's but the administrators'.
  const properties = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof Thing>
  return [...properties].flatMap((property) => {
    if (isDeepStrictEqual(before[property], after[property])) return []
    const name = Object.hasOwn(names, property) ? names[property] : String(property)
    return name === undefined ? [] : [name]
  })
}
