import { useQuery } from '@tanstack/react-query'
import { collection } from '../api/queries.ts'
import type { IdentityProvider, Publishing } from '../api/types.ts'
import { ChangeForm } from '../parts/change-form.tsx'
import { useDraft } from '../parts/draft.ts'
import { ChoiceField, SwitchField } from '../parts/fields.tsx'
import { Section } from '../parts/section.tsx'
import { publishingChange } from './changes.ts'
import { IdentityHeaders } from './identity-headers.tsx'
import type { TabProps } from './tab-props.ts'

const fields = [
  'identityProviderId',
  'singleSignOnSettings',
  'headerBasedSingleSignOn',
  'isIdentityAssertionEnabled',
  'isAccessTokenForwarded',
] as const satisfies readonly (keyof Publishing)[]

/** Where people sign in, and how the application learns who is there. */
export function SingleSignOnTab({ application }: TabProps) {
  const publishing = application.onPremisesPublishing
  if (!publishing) return null
  return <SingleSignOn application={application} publishing={publishing} />
}

function SingleSignOn({ application, publishing }: TabProps & { readonly publishing: Publishing }) {
  const draft = useDraft<Pick<Publishing, (typeof fields)[number]>>({
    identityProviderId: publishing.identityProviderId,
    singleSignOnSettings: { singleSignOnMode: publishing.singleSignOnSettings.singleSignOnMode },
    headerBasedSingleSignOn: publishing.headerBasedSingleSignOn,
    isIdentityAssertionEnabled: publishing.isIdentityAssertionEnabled,
    isAccessTokenForwarded: publishing.isAccessTokenForwarded,
  })
  const { value, set } = draft
  const isOn = value.singleSignOnSettings.singleSignOnMode === 'aadHeaderBased'
  return (
    <ChangeForm
      draft={draft}
      changes={draft.isDirty ? [publishingChange(application, draft.changed)] : []}
      etag={() => application['@odata.etag']}
      shown={fields}
    >
      {(problem) => (
        <div className="sections">
          <Section title="Identity provider">
            <ProviderField
              value={value.identityProviderId}
              onChange={(id) => set('identityProviderId', id)}
              problem={problem('identityProviderId')}
            />
          </Section>
          <Section
            title="Headers that say who is there"
            lead="For applications that believe a header about the person. What a browser sends under these names is always taken out."
          >
            <SwitchField
              label="Send them"
              checked={isOn}
              onChange={(on) =>
                set('singleSignOnSettings', { singleSignOnMode: on ? 'aadHeaderBased' : 'none' })
              }
              problem={problem('singleSignOnSettings')}
            />
            <IdentityHeaders
              value={value.headerBasedSingleSignOn}
              onChange={(mapping) => set('headerBasedSingleSignOn', mapping)}
              problem={problem}
            />
          </Section>
          <Section title="Signed proof">
            <SwitchField
              label="Send a signed assertion with every request"
              hint="A JWT in X-Sallyport-Assertion. The application checks it with the keys that the edge publishes."
              checked={value.isIdentityAssertionEnabled}
              onChange={(on) => set('isIdentityAssertionEnabled', on)}
            />
            <SwitchField
              label="Pass access tokens on"
              hint="A bearer token that let a program in goes on to the application. Off: it ends at the edge."
              checked={value.isAccessTokenForwarded}
              onChange={(on) => set('isAccessTokenForwarded', on)}
            />
          </Section>
        </div>
      )}
    </ChangeForm>
  )
}

interface ProviderFieldProps {
  readonly value: string | null
  readonly onChange: (id: string | null) => void
  readonly problem: string | undefined
}

function ProviderField({ value, onChange, problem }: ProviderFieldProps) {
  const { data: providers = [] } = useQuery(
    collection<IdentityProvider>('/identity/identityProviders'),
  )
  const others = providers.filter(({ id }) => id !== 'embedded')
  return (
    <ChoiceField
      label="People of this application sign in at"
      value={value ?? ''}
      choices={[
        ['', 'The provider where everybody does'],
        ['embedded', 'The embedded provider'],
        ...others.map(({ id, displayName }) => [id, displayName] as const),
      ]}
      onChange={(id) => onChange(id === '' ? null : id)}
      problem={problem}
    />
  )
}
