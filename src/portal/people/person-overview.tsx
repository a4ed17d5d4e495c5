import type { Change } from '../api/client.ts'
import type { Person } from '../api/types.ts'
import { ChangeForm } from '../parts/change-form.tsx'
import { useDraft } from '../parts/draft.ts'
import { Facts } from '../parts/facts.tsx'
import { TextField } from '../parts/fields.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { Section } from '../parts/section.tsx'
import { personPath } from './people.ts'
import { SignInFacts } from './sign-in-facts.tsx'

/** Who the person is. */
export function PersonOverview({ person }: { readonly person: Person }) {
  const draft = useDraft({
    displayName: person.displayName,
    userPrincipalName: person.userPrincipalName,
    mail: person.mail ?? '',
  })
  const { value, set } = draft
  const change: Change = {
    method: 'PATCH',
    path: personPath(person.id),
    body: draft.changed,
    summary: `Saved ${value.displayName}`,
  }
  return (
    <>
      <ChangeForm
        draft={draft}
        changes={[change]}
        shown={['displayName', 'userPrincipalName', 'mail']}
      >
        {(problem) => (
          <Section title="Who">
            <div className="field-pair">
              <TextField
                label="Name"
                required
                value={value.displayName}
                onChange={(text) => set('displayName', text)}
                problem={problem('displayName')}
              />
              <TextField
                label="User name"
                required
                value={value.userPrincipalName}
                onChange={(text) => set('userPrincipalName', text)}
                problem={problem('userPrincipalName')}
              />
              <TextField
                label="Mail"
                value={value.mail}
                onChange={(text) => set('mail', text)}
                problem={problem('mail')}
              />
            </div>
          </Section>
        )}
      </ChangeForm>
      <SignInFacts person={person} />
      <Traces person={person} />
    </>
  )
}

function Traces({ person }: { readonly person: Person }) {
  return (
    <Section title="What they did">
      <Facts
        facts={[
          {
            name: 'Sign-ins',
            value: <PathLink path={`/sign-ins?user=${person.id}`}>In the sign-in log</PathLink>,
          },
          {
            name: 'Requests',
            value: (
              <PathLink path={`/requests?person=${encodeURIComponent(person.userPrincipalName)}`}>
                Among the latest
              </PathLink>
            ),
          },
          {
            name: 'Changes they made',
            value: (
              <PathLink path={`/audit?author=${encodeURIComponent(person.userPrincipalName)}`}>
                In the audit log
              </PathLink>
            ),
          },
          {
            name: 'Changes to them',
            value: <PathLink path={`/revisions?resource=${person.id}`}>In the history</PathLink>,
          },
          { name: 'Id', value: person.id, copied: person.id },
        ]}
      />
    </Section>
  )
}
