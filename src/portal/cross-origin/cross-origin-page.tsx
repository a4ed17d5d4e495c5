import { Select } from '@fluentui/react-components'
import { ArrowSwapRegular } from '@fluentui/react-icons/svg/arrow-swap'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Suspense, useState } from 'react'
import { collection, resource } from '../api/queries.ts'
import type { Application, CorsRefusal, Publishing } from '../api/types.ts'
import { applicationPath, useApplications } from '../applications/applications.ts'
import { publishingChange } from '../applications/changes.ts'
import { segmentsOf } from '../applications/facts.ts'
import { NothingPublished } from '../applications/nothing-published.tsx'
import { useChange } from '../parts/change.ts'
import { SwitchField } from '../parts/fields.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded, Waiting } from '../parts/waiting.tsx'
import { buildMatrix, type Cell, type SeenCall } from './matrix.ts'
import { MatrixGrid } from './matrix-grid.tsx'
import './cross-origin.css'
import { lazyBlade } from '../parts/lazy-blade.tsx'
import { lazyPart } from '../parts/lazy-part.ts'

// The matrix is looked at first.
const RefusedCalls = lazyPart(
  async () => (await import('../applications/refused-calls.tsx')).RefusedCalls,
)
const CellBlade = lazyBlade(async () => (await import('./cell-blade.tsx')).CellBlade)

const route = getRouteApi('/cross-origin')

/** Who may call whom, application by application, and what was refused. */
export function CrossOriginPage() {
  const applications = useApplications()
  return (
    <Page
      title="Cross-origin calls"
      lead="Pages of one origin may call another only where that is allowed. Rows are pages that call, columns what they call."
    >
      <Loaded query={applications} what="applications">
        {(all) => <Chosen all={all.filter(({ onPremisesPublishing }) => onPremisesPublishing)} />}
      </Loaded>
    </Page>
  )
}

function Chosen({ all }: { readonly all: readonly Application[] }) {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/cross-origin' })
  const sorted = all.toSorted((a, b) => a.displayName.localeCompare(b.displayName))
  const chosen =
    sorted.find(({ id }) => id === search.application) ??
    sorted.find(({ onPremisesPublishing }) => segmentsOf(onPremisesPublishing).length > 1) ??
    sorted[0]
  if (!chosen) {
    return (
      <NothingPublished icon={ArrowSwapRegular}>
        Here you see which pages may call which addresses, which calls were refused, and allow them.
      </NothingPublished>
    )
  }
  return (
    <div className="sections">
      <div className="filters">
        <Select
          aria-label="Application"
          value={chosen.id}
          onChange={(_event, { value }) => navigate({ search: { application: value } })}
        >
          {sorted.map(({ id, displayName }) => (
            <option key={id} value={id}>
              {displayName}
            </option>
          ))}
        </Select>
        <LinkButton to="/applications/$id" params={{ id: chosen.id }} search={{ tab: 'cors' }}>
          All of its rules
        </LinkButton>
      </div>
      <Calls key={chosen.id} application={chosen} />
    </div>
  )
}

// Workers hand their counts over every few seconds.
const refreshMs = 3_000

function Calls({ application }: { readonly application: Application }) {
  const [open, setOpen] = useState<Cell | undefined>(undefined)
  const path = `${applicationPath(application.id)}/onPremisesPublishing/corsRefusals`
  const refusals = useQuery({ ...collection<CorsRefusal>(path), refetchInterval: refreshMs })
  const seen = useQuery(resource<{ value: readonly SeenCall[] }>(seenPath(application.id)))
  const publishing = application.onPremisesPublishing
  if (!publishing) return null
  return (
    <Loaded query={refusals} what="refused calls">
      {(rows) => (
        <>
          <Section title="Who may call whom">
            <Siblings application={application} publishing={publishing} />
            <MatrixGrid matrix={buildMatrix(publishing, rows, seen.data?.value)} onOpen={setOpen} />
          </Section>
          <Section
            title="Refused calls"
            lead="Counted by the edge. What is offered allows this method and these headers for this origin, and nothing more."
          >
            <Suspense fallback={<Waiting what="refused calls" />}>
              <RefusedCalls id={application.id} />
            </Suspense>
          </Section>
          {open && (
            <CellBlade application={application} cell={open} onClose={() => setOpen(undefined)} />
          )}
        </>
      )}
    </Loaded>
  )
}

/** The latest calls of other origins to the application. */
function seenPath(applicationId: string): string {
  const filter = `applicationId eq '${applicationId}' and kind in ('corsRequest','preflight')`
  return `/requests?$top=999&$filter=${encodeURIComponent(filter)}`
}

interface SiblingsProps {
  readonly application: Application
  readonly publishing: Publishing
}

/** The switch that needs no rule. */
function Siblings({ application, publishing }: SiblingsProps) {
  const { send, problem } = useChange()
  if (segmentsOf(publishing).length < 2) return null
  const toggle = (allowSiblingSegments: boolean): void => {
    const summary = allowSiblingSegments
      ? `The segments of ${application.displayName} may call each other`
      : `The segments of ${application.displayName} need rules to call each other`
    void send(publishingChange(application, { allowSiblingSegments }, summary))
  }
  return (
    <>
      <ProblemBar problem={problem} />
      <SwitchField
        label="All segments may call each other"
        hint="With any method and with the person’s session, without a rule. Rules say who else may."
        checked={publishing.allowSiblingSegments}
        onChange={toggle}
      />
    </>
  )
}
