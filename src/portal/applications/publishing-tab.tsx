import { useQuery } from '@tanstack/react-query'
import type { Change } from '../api/client.ts'
import { collection, resource } from '../api/queries.ts'
import type { ConnectorGroup, Publishing } from '../api/types.ts'
import { ChangeForm } from '../parts/change-form.tsx'
import { type Draft, useDraft } from '../parts/draft.ts'
import { ChoiceField, SwitchField, TextField } from '../parts/fields.tsx'
import { Section } from '../parts/section.tsx'
import { applicationPath } from './applications.ts'
import { publishingChange } from './changes.ts'
import { applicationPart, groupPart } from './documents.ts'
import { ResponseHeaders } from './response-headers.tsx'
import type { TabProps } from './tab-props.ts'

/** What this tab edits: the application's own fields, its group, and these parts of its publishing. */
const publishingFields = [
  'externalUrl',
  'internalUrl',
  'alternateUrl',
  'useAlternateUrlForTranslationAndRedirect',
  'externalAuthenticationType',
  'applicationServerTimeout',
  'isBackendCertificateValidationEnabled',
  'isBackendHttp2Enabled',
  'isTranslateHostHeaderEnabled',
  'isTranslateLinksInBodyEnabled',
  'isHttpOnlyCookieEnabled',
  'isSecureCookieEnabled',
  'isPersistentCookieEnabled',
  'responseHeaderRules',
] as const satisfies readonly (keyof Publishing)[]

type PublishingPart = Pick<Publishing, (typeof publishingFields)[number]>

interface Fields extends PublishingPart {
  readonly displayName: string
  readonly homePageUrl: string
  readonly connectorGroupId: string
}

interface PartProps {
  readonly draft: Draft<Fields>
  readonly problem: (path: string) => string | undefined
}

const groupsPath = '/onPremisesPublishingProfiles/applicationProxy/connectorGroups'

// What stands in the API for what nobody has said yet: the original's defaults.
const defaults: PublishingPart = {
  externalUrl: null,
  internalUrl: null,
  alternateUrl: null,
  useAlternateUrlForTranslationAndRedirect: false,
  externalAuthenticationType: 'aadPreAuthentication',
  applicationServerTimeout: 'Default',
  isBackendCertificateValidationEnabled: true,
  isBackendHttp2Enabled: false,
  isTranslateHostHeaderEnabled: true,
  isTranslateLinksInBodyEnabled: false,
  isHttpOnlyCookieEnabled: true,
  isSecureCookieEnabled: true,
  isPersistentCookieEnabled: false,
  responseHeaderRules: [],
}

/** Addresses, sign-in, and how requests and answers are passed on. */
export function PublishingTab({ application }: TabProps) {
  const group = useQuery(
    resource<ConnectorGroup>(`${applicationPath(application.id)}/connectorGroup`),
  )
  const { data: groups = [] } = useQuery(collection<ConnectorGroup>(groupsPath))
  const draft = useDraft<Fields>({
    ...defaults,
    ...pick(application.onPremisesPublishing),
    displayName: application.displayName,
    homePageUrl: application.web.homePageUrl ?? '',
    connectorGroupId: group.data?.id ?? '',
  })
  return (
    <ChangeForm
      draft={draft}
      changes={changesOf({ application }, groups, draft.changed)}
      etag={({ path }) =>
        path === applicationPath(application.id) ? application['@odata.etag'] : undefined
      }
      shown={[...publishingFields, 'displayName', 'homePageUrl']}
    >
      {(problem) => (
        <div className="sections">
          <Addresses draft={draft} problem={problem} />
          <Entrance draft={draft} problem={problem} />
          <Backend draft={draft} problem={problem} />
          <Answers draft={draft} problem={problem} />
          <Cookies draft={draft} problem={problem} />
        </div>
      )}
    </ChangeForm>
  )
}

function pick(publishing: Publishing | null | undefined): Partial<PublishingPart> {
  if (!publishing) return {}
  return Object.fromEntries(publishingFields.map((name) => [name, publishing[name]]))
}

/** One PATCH of the application, and one PUT of its group where that was changed. */
function changesOf(
  { application }: TabProps,
  groups: readonly ConnectorGroup[],
  changed: Partial<Fields>,
): readonly Change[] {
  const { displayName, homePageUrl, connectorGroupId, ...publishing } = changed
  const own = {
    ...(displayName !== undefined && { displayName }),
    ...(homePageUrl !== undefined && { web: { homePageUrl } }),
    ...(Object.keys(publishing).length > 0 && { onPremisesPublishing: publishing }),
  }
  const document = applicationPart(application, own)
  const patch: Change = { ...publishingChange(application, {}), body: own, document }
  const moved: Change = {
    method: 'PUT',
    path: `${applicationPath(application.id)}/connectorGroup/$ref`,
    body: {
      '@odata.id': `/onPremisesPublishingProfiles/applicationProxy/connectorGroups/${connectorGroupId}`,
    },
    document: groupPart(application, groups, connectorGroupId ?? ''),
    summary: `Moved ${application.displayName} to another connector group`,
  }
  return [
    ...(Object.keys(own).length > 0 ? [patch] : []),
    ...(connectorGroupId === undefined ? [] : [moved]),
  ]
}

function Addresses({ draft: { value, set }, problem }: PartProps) {
  return (
    <Section
      title="Addresses"
      lead="A complex application may leave the first two empty: then its segments alone are published."
    >
      <div className="field-pair">
        <TextField
          label="Name"
          hint="People see it in My Apps."
          value={value.displayName}
          onChange={(name) => set('displayName', name)}
          problem={problem('displayName')}
        />
        <TextField
          label="Home page"
          type="url"
          hint="Where My Apps leads. Empty: the external URL."
          value={value.homePageUrl}
          onChange={(url) => set('homePageUrl', url)}
          problem={problem('homePageUrl')}
        />
        <TextField
          label="External URL"
          type="url"
          hint="What people open."
          value={value.externalUrl ?? ''}
          onChange={(url) => set('externalUrl', url)}
          problem={problem('externalUrl')}
        />
        <TextField
          label="Internal URL"
          type="url"
          hint="Where the connector finds it."
          value={value.internalUrl ?? ''}
          onChange={(url) => set('internalUrl', url)}
          problem={problem('internalUrl')}
        />
        <TextField
          label="Alternate URL"
          type="url"
          hint="A second external address that is served like the first."
          value={value.alternateUrl ?? ''}
          onChange={(url) => set('alternateUrl', url)}
          problem={problem('alternateUrl')}
        />
      </div>
      <SwitchField
        label="Who came by the alternate URL stays on it"
        hint="Redirects and translated links lead to the alternate URL."
        checked={value.useAlternateUrlForTranslationAndRedirect}
        onChange={(on) => set('useAlternateUrlForTranslationAndRedirect', on)}
      />
    </Section>
  )
}

function Entrance({ draft: { value, set }, problem }: PartProps) {
  return (
    <Section title="Entrance">
      <ChoiceField
        label="Pre-authentication"
        hint="Passthrough: the application has to protect itself, and sees every request."
        value={value.externalAuthenticationType}
        choices={[
          ['aadPreAuthentication', 'Sign in before anything reaches the application'],
          ['passthru', 'Passthrough'],
        ]}
        onChange={(type) => set('externalAuthenticationType', type)}
        problem={problem('externalAuthenticationType')}
      />
    </Section>
  )
}

function Backend({ draft: { value, set }, problem }: PartProps) {
  const { data: groups = [] } = useQuery(collection<ConnectorGroup>(groupsPath))
  return (
    <Section title="Way to the application">
      <div className="field-pair">
        <ChoiceField
          label="Connector group"
          hint="The connectors that stand near the application."
          value={value.connectorGroupId}
          choices={groups.map(({ id, name }) => [id, name] as const)}
          onChange={(id) => set('connectorGroupId', id)}
        />
        <ChoiceField
          label="Time the application may take"
          hint="Until its answer begins. What streams afterwards has no limit."
          value={value.applicationServerTimeout}
          choices={[
            ['Default', '85 seconds'],
            ['Long', '180 seconds'],
          ]}
          onChange={(timeout) => set('applicationServerTimeout', timeout)}
          problem={problem('applicationServerTimeout')}
        />
      </div>
      <SwitchField
        label="Check the application’s certificate"
        hint="Off only for a test: whoever stands between connector and application could read along."
        checked={value.isBackendCertificateValidationEnabled}
        onChange={(on) => set('isBackendCertificateValidationEnabled', on)}
      />
      <SwitchField
        label="Send the internal host name"
        hint="On: the application sees its own name in Host. Off: it sees the external one."
        checked={value.isTranslateHostHeaderEnabled}
        onChange={(on) => set('isTranslateHostHeaderEnabled', on)}
      />
      <SwitchField
        label="Speak HTTP/2 to the application"
        hint="Needed for gRPC; everything else works as well without."
        checked={value.isBackendHttp2Enabled}
        onChange={(on) => set('isBackendHttp2Enabled', on)}
      />
    </Section>
  )
}

function Answers({ draft: { value, set }, problem }: PartProps) {
  return (
    <Section title="Answers of the application">
      <SwitchField
        label="Translate links in pages"
        hint="Internal URLs in HTML and CSS become external ones. Redirects and cookies are translated anyway."
        checked={value.isTranslateLinksInBodyEnabled}
        onChange={(on) => set('isTranslateLinksInBodyEnabled', on)}
      />
      <ResponseHeaders
        rules={value.responseHeaderRules}
        onChange={(rules) => set('responseHeaderRules', rules)}
        problem={problem}
      />
    </Section>
  )
}

function Cookies({ draft: { value, set } }: PartProps) {
  return (
    <Section title="Session cookie">
      <SwitchField
        label="Out of reach of scripts (HttpOnly)"
        checked={value.isHttpOnlyCookieEnabled}
        onChange={(on) => set('isHttpOnlyCookieEnabled', on)}
      />
      <SwitchField
        label="Over HTTPS only (Secure)"
        checked={value.isSecureCookieEnabled}
        onChange={(on) => set('isSecureCookieEnabled', on)}
      />
      <SwitchField
        label="Kept when the browser closes"
        hint="For programs that need it, such as some office clients. Others on a shared computer profit from it, too."
        checked={value.isPersistentCookieEnabled}
        onChange={(on) => set('isPersistentCookieEnabled', on)}
      />
    </Section>
  )
}
