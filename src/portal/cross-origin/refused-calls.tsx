import { Button } from '@fluentui/react-components'
import { useState } from 'react'
import type { Application, CorsRefusal } from '../api/types.ts'
import { segmentsOf } from '../applications/facts.ts'
import { AsCode } from '../parts/as-code.tsx'
import { useChange } from '../parts/change.ts'
import { doctorPath } from '../parts/doctor-path.ts'
import { type Column, List } from '../parts/list.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'

interface RefusedCallsProps {
  readonly application: Application
  readonly refusals: readonly CorsRefusal[]
}

/** What was refused, by caller, method and reason, each with the change that would allow it. */
export function RefusedCalls({ application, refusals }: RefusedCallsProps) {
  const [sort, setSort] = useState('-last')
  const { send, isSending, problem } = useChange()
  return (
    <Section
      title="Refused calls"
      lead="Counted by the edge. What is offered allows this method and these headers for this origin, and nothing more."
    >
      <ProblemBar problem={problem} />
      <List
        label="Refused calls"
        items={refusals}
        columns={columns(application, isSending, (change) => void send(change))}
        idOf={idOf}
        sort={sort}
        onSort={setSort}
        none="No call has been refused."
      />
    </Section>
  )
}

function idOf({ segmentId, origin, method, reason, mode, headers = [] }: CorsRefusal): string {
  return [segmentId, origin, method, reason, mode, ...headers].join(' ')
}

const reasons: Readonly<Record<string, string>> = {
  'no-rule': 'no rule covers it',
  'origin-not-allowed': 'the rule does not allow the origin',
  'method-not-allowed': 'the rule does not allow the method',
  'header-not-allowed': 'the rule does not allow a header',
}

type Allow = (change: NonNullable<CorsRefusal['offeredChange']>) => void

function columns(
  application: Application,
  isSending: boolean,
  allow: Allow,
): readonly Column<CorsRefusal>[] {
  return [
    {
      id: 'origin',
      title: 'Pages of',
      grow: 2,
      sortBy: ({ origin }) => origin,
      cell: ({ origin }) => <span className="url">{origin}</span>,
    },
    {
      id: 'call',
      title: 'Call',
      grow: 2,
      sortBy: ({ method }) => method,
      cell: (row) => <Call application={application} refusal={row} />,
    },
    {
      id: 'reason',
      title: 'Reason',
      grow: 2,
      roomy: true,
      sortBy: ({ reason }) => reason,
      cell: ({ reason, mode }) =>
        `${reasons[reason] ?? reason}${mode === 'dryRun' ? ' (dry run: let through)' : ''}`,
    },
    {
      id: 'count',
      title: 'Times',
      roomy: true,
      grow: 0.5,
      sortBy: ({ count }) => count,
      cell: ({ count }) => count,
    },
    {
      id: 'last',
      title: 'Last',
      roomy: true,
      sortBy: ({ lastDateTime }) => lastDateTime,
      cell: ({ lastDateTime }) => new Date(lastDateTime).toLocaleString(),
    },
    {
      id: 'allow',
      title: 'Cure',
      grow: 2,
      cell: ({ offeredChange, origin, method }) =>
        offeredChange ? (
          <span className="refused-cure">
            <Button
              size="small"
              disabled={isSending}
              aria-label={`Allow this: ${method} from ${origin}`}
              onClick={() => allow(offeredChange)}
            >
              Allow this
            </Button>
            <AsCode changes={[offeredChange]} />
          </span>
        ) : (
          <span className="soft">allowed by now</span>
        ),
    },
  ]
}

interface CallProps {
  readonly application: Application
  readonly refusal: CorsRefusal
}

/** What was called, leading to the doctor. */
function Call({ application, refusal }: CallProps) {
  const { segmentId, method, origin, headers = [] } = refusal
  const publishing = application.onPremisesPublishing
  const segment = segmentsOf(publishing).find(({ id }) => id === segmentId)
  const url = segment?.externalUrl ?? publishing?.externalUrl ?? ''
  if (url.includes('*') || url === '') return <strong>{method}</strong>
  const path = doctorPath({ page: `${origin}/`, target: url, method })
  return (
    <span className="url">
      <PathLink path={headers.length > 0 ? `${path}&headers=${headers.join(',')}` : path}>
        {method} {url.replace(/^https:\/\//, '')}
      </PathLink>
      {headers.length > 0 && <span className="matrix-mark">with {headers.join(', ')}</span>}
    </span>
  )
}
