import { useQuery } from '@tanstack/react-query'
import { collection } from '../api/queries.ts'
import type { Connector } from '../api/types.ts'
import { PathLink } from './path-link.tsx'
import { subjectPath } from './subject-path.ts'
import type { TrailStep } from './trail-step.ts'

type About = NonNullable<TrailStep['subject']>

interface SubjectProps {
  readonly subject: About
  /** Whose segments and rules they are. */
  readonly application: string | undefined
}

/** What a decision is about, by its name, and the way to it. */
export function Subject({ subject, application }: SubjectProps) {
  const { kind, id, displayName } = subject
  const path = subjectPath(subject, application)
  const name =
    kind === 'connector' && displayName === undefined ? <ConnectorName id={id} /> : displayName
  return (
    <span className="trail-subject">
      {kinds[kind] ?? kind}:{' '}
      {path === undefined ? (name ?? id) : <PathLink path={path}>{name ?? id}</PathLink>}
    </span>
  )
}

const connectors = '/onPremisesPublishingProfiles/applicationProxy/connectors'

/** What the edge remembers of a request is the id; one that is gone, or may not be read, keeps it. */
function ConnectorName({ id }: { readonly id: string }) {
  const { data = [] } = useQuery(collection<Connector>(connectors))
  return data.find((connector) => connector.id === id)?.machineName ?? id
}

const kinds: Readonly<Record<string, string>> = {
  application: 'Application',
  segment: 'Segment',
  corsConfiguration: 'CORS rule',
  conditionalAccessPolicy: 'Policy',
  person: 'Person',
  connector: 'Connector',
  internalUrl: 'Inside',
}
