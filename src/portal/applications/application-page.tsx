import { Badge, Button, Tab, TabList } from '@fluentui/react-components'
import { OpenRegular } from '@fluentui/react-icons/svg/open'
import { WrenchRegular } from '@fluentui/react-icons/svg/wrench'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Suspense } from 'react'
import { resource } from '../api/queries.ts'
import type { Application } from '../api/types.ts'
import { useChange } from '../parts/change.ts'
import { Page } from '../parts/page.tsx'
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
  return (
    <Page
      title={application.data.displayName}
      above={above}
      badge={<Badges application={application.data} />}
      commands={<Commands application={application.data} />}
    >
      <Tabs application={application.data} />
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
  const { send, isSending } = useChange()
  const isOn = application.onPremisesPublishing?.isInMaintenance === true
  const { displayName } = application
  const summary = isOn ? `${displayName} is open again` : `${displayName} is in maintenance`
  const toggle = () => send(publishingChange(application, { isInMaintenance: !isOn }, summary))
  return (
    <Button icon={<WrenchRegular />} disabled={isSending} onClick={toggle}>
      {isOn ? 'End maintenance' : 'Put into maintenance'}
    </Button>
  )
}

function Tabs({ application }: { readonly application: Application }) {
  const { tab = 'overview' } = route.useSearch()
  const navigate = useNavigate({ from: '/applications/$id' })
  const isPublished = Boolean(application.onPremisesPublishing)
  const offered = tabs.filter(({ needs }) => needs === 'nothing' || isPublished)
  const chosen = offered.find(({ id }) => id === tab) ?? tabs[0]
  return (
    <>
      <TabList
        className="tabs"
        selectedValue={chosen.id}
        onTabSelect={(_event, { value }) =>
          navigate({ search: { tab: value as typeof chosen.id } })
        }
      >
        {offered.map(({ id, label }) => (
          <Tab key={id} value={id} id={`tab-${id}`} aria-controls="tab-panel">
            {label}
          </Tab>
        ))}
      </TabList>
      <div
        id="tab-panel"
        role="tabpanel"
        aria-labelledby={`tab-${chosen.id}`}
        className="tab-panel"
      >
        <Suspense fallback={<Waiting what="application" />}>
          <chosen.content key={application.id} application={application} />
        </Suspense>
      </div>
    </>
  )
}
