import { useQuery } from '@tanstack/react-query'
import type { Change } from '../api/client.ts'
import { collection } from '../api/queries.ts'
import type { Publishing, TokenLifetimePolicy } from '../api/types.ts'
import { ChangeForm } from '../parts/change-form.tsx'
import { useDraft } from '../parts/draft.ts'
import { ChoiceField, SwitchField, TextField } from '../parts/fields.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { applicationPath } from './applications.ts'
import { publishingChange } from './changes.ts'
import { applicationPart } from './documents.ts'
import type { TabProps } from './tab-props.ts'

interface Fields
  extends Pick<
    Publishing,
    'sessionLifetimeInSeconds' | 'isFormPostPreserved' | 'isSessionScriptInjected'
  > {
  readonly policyId: string
}

/** How long a sign-in lasts, and what becomes of pages whose session ends. */
export function SessionsTab({ application }: TabProps) {
  const publishing = application.onPremisesPublishing
  const own = useQuery(
    collection<TokenLifetimePolicy>(`${applicationPath(application.id)}/tokenLifetimePolicies`),
  )
  if (!publishing) return null
  return (
    <Loaded query={own} what="sessions">
      {([policy]) => (
        <Sessions application={application} publishing={publishing} policyId={policy?.id ?? ''} />
      )}
    </Loaded>
  )
}

interface SessionsProps extends TabProps {
  readonly publishing: Publishing
  readonly policyId: string
}

function Sessions({ application, publishing, policyId }: SessionsProps) {
  const { data: policies = [] } = useQuery(
    collection<TokenLifetimePolicy>('/policies/tokenLifetimePolicies'),
  )
  const draft = useDraft<Fields>({
    sessionLifetimeInSeconds: publishing.sessionLifetimeInSeconds,
    isFormPostPreserved: publishing.isFormPostPreserved,
    isSessionScriptInjected: publishing.isSessionScriptInjected,
    policyId,
  })
  const { value, set } = draft
  return (
    <ChangeForm
      draft={draft}
      changes={changesOf({ application }, policyId, draft.changed)}
      etag={({ path }) =>
        path === applicationPath(application.id) ? application['@odata.etag'] : undefined
      }
      shown={['sessionLifetimeInSeconds', 'isFormPostPreserved', 'isSessionScriptInjected']}
    >
      {(problem) => (
        <div className="sections">
          <Section title="How long a sign-in lasts">
            <TextField
              label="At most (minutes)"
              type="number"
              hint="1 minute to 24 hours. Empty: as long as the edge’s own setting says."
              value={minutes(value.sessionLifetimeInSeconds)}
              onChange={(text) =>
                set('sessionLifetimeInSeconds', text === '' ? null : Number(text) * 60)
              }
              problem={problem('sessionLifetimeInSeconds')}
            />
            <ChoiceField
              label="Token lifetime policy"
              hint="How often it is renewed at the provider meanwhile, with nobody noticing."
              value={value.policyId}
              choices={[
                ['', 'That of the organisation'],
                ...policies.map(({ id, displayName }) => [id, displayName] as const),
              ]}
              onChange={(id) => set('policyId', id)}
            />
          </Section>
          <Section title="When it has ended">
            <SwitchField
              label="Pages sign in again by themselves"
              hint="A script of 3 kB is put into HTML pages: calls that were refused are repeated after the sign-in, and nothing on the page is lost."
              checked={value.isSessionScriptInjected}
              onChange={(on) => set('isSessionScriptInjected', on)}
            />
            <SwitchField
              label="Keep forms"
              hint="A form that is sent without a session is kept and sent once the person has signed in again."
              checked={value.isFormPostPreserved}
              onChange={(on) => set('isFormPostPreserved', on)}
            />
          </Section>
        </div>
      )}
    </ChangeForm>
  )
}

function minutes(seconds: number | null): string {
  return seconds === null ? '' : String(Math.round((seconds / 60) * 100) / 100)
}

/** The publishing by one PATCH; the policy by taking one reference away and adding another. */
function changesOf(
  { application }: TabProps,
  policyId: string,
  { policyId: next, ...publishing }: Partial<Fields>,
): readonly Change[] {
  const references = `${applicationPath(application.id)}/tokenLifetimePolicies`
  const summary = `Saved the sessions of ${application.displayName}`
  const removed: Change = { method: 'DELETE', path: `${references}/${policyId}/$ref`, summary }
  const added: Change = {
    method: 'POST',
    path: `${references}/$ref`,
    body: { '@odata.id': `/policies/tokenLifetimePolicies/${next}` },
    document: applicationPart(application, { tokenLifetimePolicy: next ?? null }),
    summary,
  }
  return [
    ...(Object.keys(publishing).length > 0
      ? [publishingChange(application, publishing, summary)]
      : []),
    ...(next !== undefined && policyId !== '' ? [removed] : []),
    ...(next !== undefined && next !== '' ? [added] : []),
  ]
}
