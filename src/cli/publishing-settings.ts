import { usageFailure } from './failure.ts'
import { choice, option, setting, severalWhole, type Values, whole } from './parameter.ts'

/** What can be set of a published application, as options. */
export const publishingOptions = {
  external: option('url', 'what people type: https://wiki.contoso.com/, or https://*.contoso.com/'),
  internal: option('url', 'where its connectors find it: http://wiki.test/'),
  alternate: option('url', 'another external URL that is served like the first'),
  preAuthentication: setting('people sign in before anything reaches the application'),
  timeout: choice(['default', 'long'], 'how long an answer may take to begin: 85 or 180 seconds'),
  verifyBackend: setting('the certificate of the application is checked'),
  translateHost: setting('the application sees its internal host'),
  translateLinks: setting('internal links in HTML and CSS become external ones'),
  siblingCalls: setting('segments may call each other without a rule'),
  withoutSegments: choice(['wildcard', 'closed'], 'what it is when its last segment is gone'),
  backendHttp2: setting('the connector offers the application HTTP/2'),
  preserveForms: setting('a form posted without a session is sent after the sign-in'),
  injectScript: setting('HTML pages get session.js'),
  assertion: setting('the application gets a signed assertion of who is there'),
  sessionLifetime: whole('seconds', 'how long a sign-in lasts at most', 60, 86_400),
  provider: option('name', 'identity provider of its people, or embedded', {
    namesOf: 'providers',
  }),
  set: severalWhole('name=json', 'any other property of onPremisesPublishing'),
} as const

type Input = Values<typeof publishingOptions>

/** `onPremisesPublishing` with what was said, and nothing else. `providerId` stands for the provider that was named. */
export function readPublishing(
  input: Input,
  providerId: string | undefined,
): Record<string, unknown> {
  const { preAuthentication } = input
  const said = {
    externalUrl: input.external,
    internalUrl: input.internal,
    alternateUrl: input.alternate,
    externalAuthenticationType:
      preAuthentication === undefined
        ? undefined
        : preAuthentication
          ? 'aadPreAuthentication'
          : 'passthru',
    applicationServerTimeout: input.timeout,
    isBackendCertificateValidationEnabled: input.verifyBackend,
    isTranslateHostHeaderEnabled: input.translateHost,
    isTranslateLinksInBodyEnabled: input.translateLinks,
    allowSiblingSegments: input.siblingCalls,
    whenNoSegments: input.withoutSegments,
    isBackendHttp2Enabled: input.backendHttp2,
    isFormPostPreserved: input.preserveForms,
    isSessionScriptInjected: input.injectScript,
    isIdentityAssertionEnabled: input.assertion,
    sessionLifetimeInSeconds: input.sessionLifetime,
    identityProviderId: providerId,
    ...Object.fromEntries(input.set.map(readProperty)),
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

function readProperty(written: string): readonly [string, unknown] {
  const [, name, json = ''] = /^([A-Za-z]+)=(.*)$/s.exec(written) ?? []
  if (name === undefined) throw usageFailure(`${written} sets nothing. Write --set name=json.`)
  try {
    return [name, JSON.parse(json)]
  } catch {
    // A plain word is meant as a text: --set alternateUrl=https://….
    return [name, json]
  }
}
