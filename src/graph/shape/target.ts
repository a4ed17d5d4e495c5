/** How the caller spelt the list of segments. [G2] */
export type SegmentSpelling =
  | 'onPremisesApplicationSegments'
  | 'segmentsConfiguration/applicationSegments'

/** Where in the caller's document our publishing stands. */
export interface Place {
  /** Path of the publishing object in the body: `onPremisesPublishing`, or nothing when it is the body. */
  readonly prefix: string
  readonly spelling: SegmentSpelling
  /** Our path of the part that is the body, when only a part was sent: `segments/3/corsRules/0`. */
  readonly focus?: string
}

const graphNames: Readonly<Record<string, string>> = {
  corsRules: 'corsConfigurations',
  maxAgeSeconds: 'maxAgeInSeconds',
  responseHeaders: 'responseHeaderRules',
  preAuthentication: 'externalAuthenticationType',
  backendTimeout: 'applicationServerTimeout',
  translateHostHeader: 'isTranslateHostHeaderEnabled',
  translateLinksInBody: 'isTranslateLinksInBodyEnabled',
  useAlternateUrl: 'useAlternateUrlForTranslationAndRedirect',
  validateBackendCertificate: 'isBackendCertificateValidationEnabled',
  httpOnly: 'isHttpOnlyCookieEnabled',
  secure: 'isSecureCookieEnabled',
  persistent: 'isPersistentCookieEnabled',
  maintenance: 'isInMaintenance',
  preserveForms: 'isFormPostPreserved',
  injectSessionScript: 'isSessionScriptInjected',
  backendHttp2: 'isBackendHttp2Enabled',
  sessionLifetimeSeconds: 'sessionLifetimeInSeconds',
  identityHeaders: 'headerBasedSingleSignOn',
  encoding: 'valueEncoding',
}

// What stands beside the publishing, and is spelt alike.
const ofApplication = /^\/(identifierUris\/\d+|connectorGroupId|uniqueName)$/

/** Our path of an issue as the caller would write it: `/segments/0/corsRules/1` → `…/0/corsConfigurations/1`. [G4] */
export function graphTarget(path: string, place: Place): string {
  const own = ofApplication.exec(path)?.[1]
  if (own !== undefined) return own
  const ours = path.replace(/^\/?(?:publishing(?:\/|$))?/, '')
  const { focus } = place
  const inBody = focus !== undefined && (ours === focus || ours.startsWith(`${focus}/`))
  const names = (inBody ? ours.slice(focus.length) : ours)
    .split('/')
    // Cookie settings are an object of ours and three flags of Graph's.
    .filter((name) => name !== '' && name !== 'cookie')
    .map((name, at) =>
      at === 0 && name === 'segments' ? place.spelling : (graphNames[name] ?? name),
    )
  if (!inBody && place.prefix !== '') names.unshift(place.prefix)
  return names.join('/')
}
