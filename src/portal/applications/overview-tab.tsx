import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { resource } from '../api/queries.ts'
import type { ConnectorGroup, SegmentHealth } from '../api/types.ts'
import { Facts } from '../parts/facts.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { When } from '../parts/when.tsx'
import { applicationPath, segmentHealth } from './applications.ts'
import { probed } from './facts.ts'
import { reasonText } from './reasons.ts'
import { RefusedCalls } from './refused-calls.tsx'
import { StatusBadge } from './status-badge.tsx'
import type { TabProps } from './tab-props.ts'

/** How the application fares, and where everything about it leads. */
export function OverviewTab({ application }: TabProps) {
  const { id, onPremisesPublishing: publishing } = application
  if (!publishing) return <NotPublished {...application} />
  return (
    <div className="sections">
      <Section
        title="Reachable"
        lead="What the connectors of this application found on their last look."
      >
        <Health id={id} />
      </Section>
      <Section title="Facts">
        <ApplicationFacts application={application} />
      </Section>
      <Section
        title="Refused cross-origin calls"
        lead="Kinds of calls that a rule refused, or would have in dry run."
      >
        <RefusedCalls id={id} />
      </Section>
    </div>
  )
}

function NotPublished({ id, displayName }: { readonly id: string; readonly displayName: string }) {
  return (
    <Section
      title="Not published"
      lead={`${displayName} is registered, and nothing of it is reachable from outside.`}
    >
      <p>
        It may be a program that calls others. To publish it, give it an internal and an external
        URL:{' '}
        <Link
          className="link"
          to="/applications/$id"
          params={{ id }}
          search={{ tab: 'publishing' }}
        >
          Publishing
        </Link>
      </p>
    </Section>
  )
}

const healthColumns: readonly Column<SegmentHealth>[] = [
  {
    id: 'external',
    title: 'People open',
    grow: 2,
    cell: ({ externalUrl }) => <UrlText url={externalUrl} />,
  },
  {
    id: 'internal',
    title: 'Inside the network',
    grow: 2,
    roomy: true,
    cell: ({ internalUrl }) => <span className="url">{internalUrl}</span>,
  },
  { id: 'status', title: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: 'connectors',
    title: 'Connectors',
    grow: 2,
    roomy: true,
    cell: (health) => <Connectors health={health} />,
  },
]

function UrlText({ url }: { readonly url: string }) {
  if (url.includes('*')) return <span className="url">{url}</span>
  return (
    <a className="link url" href={url} target="_blank" rel="noreferrer">
      {url}
    </a>
  )
}

function Connectors({ health: { connectors } }: { readonly health: SegmentHealth }) {
  if (connectors.length === 0) return <>No connector in service</>
  return (
    <ul className="plain-list">
      {connectors.map(({ id, machineName, reason, isReached }) => (
        <li key={id}>
          {machineName}
          <span className="soft">
            {': '}
            {isReached === null
              ? 'has not looked yet'
              : isReached
                ? 'reaches it'
                : reasonText(reason)}
          </span>
        </li>
      ))}
    </ul>
  )
}

// The connectors look every 30 s, and tell at once when something changes.
const healthRefreshMs = 10_000

function Health({ id }: { readonly id: string }) {
  const health = useQuery({ ...segmentHealth(id), refetchInterval: healthRefreshMs })
  return (
    <Loaded query={health} what="health">
      {(paths) => (
        <List
          label="Data paths"
          items={probed(paths)}
          columns={healthColumns}
          idOf={({ externalUrl }) => externalUrl}
          none="There is nothing to look at ahead: what stands behind a star is known when somebody asks for it."
        />
      )}
    </Loaded>
  )
}

function ApplicationFacts({ application }: TabProps) {
  const group = useQuery(groupOf(application.id))
  const { appId, id, createdDateTime, onPremisesPublishing: publishing } = application
  const isPassthrough = publishing?.externalAuthenticationType === 'passthru'
  const certificate = publishing?.verifiedCustomDomainCertificatesMetadata
  return (
    <Facts
      facts={[
        { name: 'Application id', value: appId, copied: appId },
        { name: 'Object id', value: id, copied: id },
        { name: 'Connector group', value: group.data?.name },
        {
          name: 'Sign-in',
          value: isPassthrough
            ? 'None here: everything passes through'
            : 'Before anything reaches the application',
        },
        { name: 'Certificate', value: certificate?.subjectName ?? 'Local authority' },
        { name: 'Created', value: <When at={createdDateTime} /> },
      ]}
    />
  )
}

function groupOf(id: string) {
  return resource<ConnectorGroup>(`${applicationPath(id)}/connectorGroup`)
}
