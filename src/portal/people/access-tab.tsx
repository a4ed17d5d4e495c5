import { Badge, SkeletonItem } from '@fluentui/react-components'
import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useDeferredValue, useState } from 'react'
import type { Application, Person } from '../api/types.ts'
import { useApplications } from '../applications/applications.ts'
import { SwitchField, TextField } from '../parts/fields.tsx'
import { type Column, List } from '../parts/list.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { type Sight, seeAs, sightOf, type Viewer } from './see-as.ts'

/** Which applications the person gets into from where, and why: decided by the edge's own functions, nothing is sent. */
export function AccessTab({ person }: { readonly person: Person }) {
  const [ipAddress, setIpAddress] = useState('')
  const [isMultiFactor, setMultiFactor] = useState(false)
  const applications = useApplications()
  return (
    <Section
      title="See as this person"
      lead="What the edge would decide if they opened each application now. Nothing is sent to any of them."
    >
      <div className="field-pair">
        <TextField
          label="From the address"
          placeholder="203.0.113.7"
          hint="For policies about places; empty: an address that none of them knows."
          value={ipAddress}
          onChange={setIpAddress}
        />
        <SwitchField
          label="Signed in with a second factor"
          checked={isMultiFactor}
          onChange={setMultiFactor}
        />
      </div>
      <Loaded query={applications} what="applications">
        {(all) => (
          <Sights
            viewer={{ userId: person.id, ipAddress, isMultiFactor }}
            applications={all.filter(({ onPremisesPublishing }) => onPremisesPublishing)}
          />
        )}
      </Loaded>
    </Section>
  )
}

interface Row {
  readonly application: Application
  readonly sight: Sight | undefined
}

interface SightsProps {
  readonly viewer: Viewer
  readonly applications: readonly Application[]
}

function Sights({ viewer, applications }: SightsProps) {
  const asked = useDeferredValue(viewer)
  const answers = useQueries({
    queries: applications.map((application) => ({
      queryKey: ['see-as', asked.userId, asked.ipAddress, asked.isMultiFactor, application.id],
      queryFn: () => seeAs(asked, application),
    })),
  })
  const problem = answers.find(({ error }) => error)?.error
  if (problem) return <ProblemBar problem={problem} />
  const rows = applications.map((application, index): Row => {
    const explanation = answers[index]?.data
    return { application, sight: explanation && sightOf(explanation) }
  })
  return (
    <List
      label="Applications"
      items={rows}
      columns={columns}
      idOf={({ application }) => application.id}
      none="Nothing is published."
    />
  )
}

const looks = {
  enters: ['Enters', 'success'],
  stepUp: ['Has to sign in again', 'warning'],
  refused: ['Stays out', 'danger'],
} as const

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    title: 'Application',
    cell: ({ application }) => (
      <Link className="link list-name" to="/applications/$id" params={{ id: application.id }}>
        {application.displayName}
      </Link>
    ),
  },
  {
    id: 'verdict',
    title: 'Result',
    cell: ({ sight }) => <Verdict sight={sight} />,
  },
  {
    id: 'why',
    title: 'Why',
    grow: 3,
    cell: ({ sight }) => (
      <ul className="plain-list">
        {sight?.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    ),
  },
]

function Verdict({ sight }: { readonly sight: Sight | undefined }) {
  if (!sight) return <SkeletonItem size={16} className="list-pending" />
  const [label, color] = looks[sight.verdict]
  return (
    <Badge appearance="tint" color={color} shape="rounded">
      {label}
    </Badge>
  )
}
