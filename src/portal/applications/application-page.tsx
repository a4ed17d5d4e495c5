import { Badge, Button } from '@fluentui/react-components'
import { OpenRegular } from '@fluentui/react-icons/svg/open'
import { WrenchRegular } from '@fluentui/react-icons/svg/wrench'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Suspense } from 'react'
import { resource } from '../api/queries.ts'
import type { Application } from '../api/types.ts'
import { useChange } from '../parts/change.ts'
import { Page } from '../parts/page.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { partOf, UrlTabs } from '../parts/url-tabs.tsx'
import { Loaded, Waiting } from '../parts/waiting.tsx'
import { applicationPath } from './applications.ts'
import { publishingChange } from './changes.ts'
import { kindOf, openUrlOf } from './facts.ts'
import { kindLabels } from './kind-labels.ts'
import { tabs } from './tabs.ts'
import './applications.css'

const route = getRouteApi('/applications/$id')

/** One application: how it fares, and everything about it that can be set. */
export function ApplicationPage() {
  const { id } = route.useParams()
  const { tab = 'overview' } = route.useSearch()
  const navigate = useNavigate({ from: '/applications/$id' })
  const application = useQuery(resource<Application>(applicationPath(id)))
  const above = [{ path: '/applications', label: 'Applications' }]
  if (!application.data) {
    return (
      <Page title="Application" above={above}>
        <Loaded query={application} what="application">
          {() => null}
        </Loaded>
      </Page>
    )
  }
  const offered = offeredTabs(application.data)
  const chosen = offered.find((each) => each.id === tab) ?? tabs[0]
  const labels = offered.map((each) => [each.id, each.label] as const)
  return (
    <Page
      title={application.data.displayName}
      part={partOf(labels, chosen.id)}
      above={above}
      badge={<Badges application={application.data} />}
      commands={<Commands application={application.data} />}
    >
      <UrlTabs
        tabs={labels}
        chosen={chosen.id}
        onChoose={(each) => navigate({ search: { tab: each } })}
      >
        <Suspense fallback={<Waiting what="application" />}>
          <chosen.content key={application.data.id} application={application.data} />
        </Suspense>
      </UrlTabs>
    </Page>
  )
}

function Badges({ application }: { readonly application: Application }) {
  return (
    <>
      <Badge appearance="outline" shape="rounded">
        {kindLabels[kindOf(application)]}
      </Badge>
      {application.onPremisesPublishing?.isInMaintenance === true && (
        <Badge color="warning" appearance="tint" shape="rounded">
          In maintenance
        </Badge>
      )}
    </>
  )
}

function Commands({ application }: { readonly application: Application }) {
  const url = openUrlOf(application)
  return (
    <>
      {url !== undefined && (
        <Button as="a" href={url} target="_blank" rel="noreferrer" icon={<OpenRegular />}>
          Open it
        </Button>
      )}
      {application.onPremisesPublishing && <Maintenance application={application} />}
    </>
  )
}

function Maintenance({ application }: { readonly application: Application }) {
  const { send, isSending, problem } = useChange()
  const isOn = application.onPremisesPublishing?.isInMaintenance === true
  const { displayName } = application
  const summary = isOn ? `${displayName} is open again` : `${displayName} is in maintenance`
  const toggle = publishingChange(application, { isInMaintenance: !isOn }, summary)
  return (
    <>
      <Button icon={<WrenchRegular />} disabled={isSending} onClick={() => send(toggle)}>
        {isOn ? 'End maintenance' : 'Put into maintenance'}
      </Button>
      <ProblemBar problem={problem} />
    </>
  )
}

function offeredTabs({ onPremisesPublishing }: Application) {
  return tabs.filter(({ needs }) => needs === 'nothing' || Boolean(onPremisesPublishing))
}
