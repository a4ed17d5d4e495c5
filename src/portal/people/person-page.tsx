import { Badge, Button } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import type { Change } from '../api/client.ts'
import type { Person } from '../api/types.ts'
import { AsCode } from '../parts/as-code.tsx'
import { useChange } from '../parts/change.ts'
import { ConfirmByName } from '../parts/confirm-by-name.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { partOf, UrlTabs } from '../parts/url-tabs.tsx'
import { Loaded, Waiting } from '../parts/waiting.tsx'
import { personOf, personPath } from './people.ts'
import { PersonOverview } from './person-overview.tsx'
import type { PersonTab } from './search.ts'

const route = getRouteApi('/people/$id')
const above = [{ path: '/people', label: 'People' }]

const contents = {
  overview: PersonOverview,
  'sign-in': lazy(async () => ({ default: (await import('./methods-tab.tsx')).MethodsTab })),
  memberships: lazy(async () => ({
    default: (await import('./memberships-tab.tsx')).MembershipsTab,
  })),
  access: lazy(async () => ({ default: (await import('./access-tab.tsx')).AccessTab })),
} as const satisfies Readonly<Record<PersonTab, unknown>>

const tabs = [
  ['overview', 'Overview'],
  ['sign-in', 'Ways to sign in'],
  ['memberships', 'Groups and roles'],
  ['access', 'See as this person'],
] as const

/** One person: who they are, how they sign in, what they are in, and what they get to see. */
export function PersonPage() {
  const { id } = route.useParams()
  const { tab = 'overview' } = route.useSearch()
  const navigate = useNavigate({ from: '/people/$id' })
  const person = useQuery(personOf(id))
  if (!person.data) {
    return (
      <Page title="Person" above={above}>
        <Loaded query={person} what="person">
          {() => null}
        </Loaded>
      </Page>
    )
  }
  const Content = contents[tab]
  return (
    <Page
      title={person.data.displayName}
      part={partOf(tabs, tab)}
      above={above}
      badge={person.data.accountEnabled === false && <DisabledBadge />}
      commands={<Commands person={person.data} />}
    >
      <UrlTabs tabs={tabs} chosen={tab} onChoose={(each) => navigate({ search: { tab: each } })}>
        <Suspense fallback={<Waiting what="person" />}>
          <Content key={person.data.id} person={person.data} />
        </Suspense>
      </UrlTabs>
    </Page>
  )
}

function DisabledBadge() {
  return (
    <Badge appearance="tint" color="warning" shape="rounded">
      Disabled
    </Badge>
  )
}

function Commands({ person }: { readonly person: Person }) {
  const { id, displayName, accountEnabled = true } = person
  const [isDeleting, setDeleting] = useState(false)
  const navigate = useNavigate()
  const { send, isSending, problem } = useChange()
  const path = personPath(id)
  const toggle: Change = {
    method: 'PATCH',
    path,
    body: { accountEnabled: !accountEnabled },
    summary: accountEnabled ? `Disabled ${displayName}` : `Enabled ${displayName}`,
  }
  const signOut: Change = {
    method: 'POST',
    path: `${path}/revokeSignInSessions`,
    summary: `Signed ${displayName} out everywhere`,
    isFinal: true,
  }
  return (
    <>
      <Button disabled={isSending} onClick={() => send(toggle)}>
        {accountEnabled ? 'Disable' : 'Enable'}
      </Button>
      <Button disabled={isSending} onClick={() => send(signOut)}>
        Sign out everywhere
      </Button>
      <Button onClick={() => setDeleting(true)}>Delete …</Button>
      <AsCode changes={[toggle, signOut]} />
      <ProblemBar problem={problem} />
      {isDeleting && (
        <ConfirmByName
          title={`Delete ${displayName}?`}
          name={displayName}
          change={{ method: 'DELETE', path, summary: `Deleted ${displayName}` }}
          onClose={() => setDeleting(false)}
          onDone={() => navigate({ to: '/people' })}
        >
          They are signed out everywhere, and their assignments and memberships go with them. Taken
          back, they have no password and no passkey any more.
        </ConfirmByName>
      )}
    </>
  )
}
