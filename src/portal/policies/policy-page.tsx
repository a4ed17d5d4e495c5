import { Button } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import { ChangeForm } from '../parts/change-form.tsx'
import { changedFields } from '../parts/changed-fields.ts'
import { ConfirmByName } from '../parts/confirm-by-name.tsx'
import { useDraft } from '../parts/draft.ts'
import { Page } from '../parts/page.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { type Policy, policiesPath, policyOf } from './policies.ts'
import { PolicyFields, shownPaths } from './policy-fields.tsx'
import { bodyOf, formOf } from './policy-form.ts'
import { PolicyStateBadge } from './policy-state-badge.tsx'

const route = getRouteApi('/policies/$id')
const above = [{ path: '/policies', label: 'Conditional access' }]

/** One policy, to be read and changed. */
export function PolicyPage() {
  const { id } = route.useParams()
  const policy = useQuery(policyOf(id))
  if (!policy.data) {
    return (
      <Page title="Policy" above={above}>
        <Loaded query={policy} what="policy">
          {() => null}
        </Loaded>
      </Page>
    )
  }
  return <Editor key={policy.data.id} policy={policy.data} />
}

function Editor({ policy }: { readonly policy: Policy }) {
  const [isDeleting, setDeleting] = useState(false)
  const navigate = useNavigate()
  const draft = useDraft(formOf(policy))
  const path = `${policiesPath}/${policy.id}`
  const change: Change = {
    method: 'PATCH',
    path,
    body: changedFields(bodyOf(draft.value), bodyOf(formOf(policy))),
    summary: `Saved ${draft.value.displayName}`,
  }
  return (
    <Page
      title={policy.displayName}
      above={above}
      badge={<PolicyStateBadge state={policy.state} />}
      commands={
        <>
          <Button onClick={() => setDeleting(true)}>Delete …</Button>
          <PathLink path="/policies?tab=what-if">Try it on somebody</PathLink>
          <PathLink path={`/revisions?resource=${policy.id}`}>History</PathLink>
        </>
      }
    >
      <ChangeForm
        draft={draft}
        changes={[change]}
        etag={() => policy['@odata.etag']}
        shown={shownPaths}
      >
        {(problem) => (
          <PolicyFields
            form={draft.value}
            set={(part) => {
              for (const [name, value] of Object.entries(part)) {
                draft.set(name as keyof typeof part, value as never)
              }
            }}
            problem={problem}
          />
        )}
      </ChangeForm>
      {isDeleting && (
        <ConfirmByName
          title={`Delete ${policy.displayName}?`}
          name={policy.displayName}
          change={{ method: 'DELETE', path, summary: `Deleted ${policy.displayName}` }}
          onClose={() => setDeleting(false)}
          onDone={() => navigate({ to: '/policies' })}
        >
          Whatever it asked for is not asked for any more, from the next request on.
        </ConfirmByName>
      )}
    </Page>
  )
}
