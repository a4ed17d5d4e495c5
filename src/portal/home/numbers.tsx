import type { Connector } from '../api/types.ts'
import type { ListedApplication } from '../applications/applications.ts'
import { PathLink } from '../parts/path-link.tsx'
import { Section } from '../parts/section.tsx'

interface NumbersProps {
  readonly applications: readonly ListedApplication[]
  readonly connectors: readonly Connector[]
}

/** How much there is, and how much of it is well. */
export function Numbers({ applications, connectors }: NumbersProps) {
  const published = applications.filter(({ application }) => application.onPremisesPublishing)
  const healthy = published.filter(({ status }) => status === 'healthy').length
  const active = connectors.filter(({ status }) => status === 'active').length
  return (
    <Section title="At a glance">
      <dl className="numbers">
        <Figure
          path="/applications"
          label="Applications"
          value={published.length}
          detail={`${healthy} healthy`}
        />
        <Figure
          path="/connectors"
          label="Connectors"
          value={connectors.length}
          detail={`${active} connected`}
        />
      </dl>
    </Section>
  )
}

interface FigureProps {
  readonly path: string
  readonly label: string
  readonly value: number
  readonly detail: string
}

function Figure({ path, label, value, detail }: FigureProps) {
  return (
    <div className="figure">
      <dt>
        <PathLink path={path}>{label}</PathLink>
      </dt>
      <dd>
        <span className="figure-value">{value}</span>
        <span className="soft">{detail}</span>
      </dd>
    </div>
  )
}
