import { Button } from '@fluentui/react-components'
import { PauseRegular } from '@fluentui/react-icons/svg/pause'
import { PlayRegular } from '@fluentui/react-icons/svg/play'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { memo, useState } from 'react'
import { useApplications } from '../applications/applications.ts'
import { ChoiceFilter } from '../parts/choice-filter.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { compact } from '../parts/search.ts'
import { SearchBox } from '../parts/search-box.tsx'
import { msText } from '../parts/trail.tsx'
import { kindLabels, outcomeLabels } from './labels.ts'
import { type Live, useLive } from './live.ts'
import { fateText, Outcome } from './outcome.tsx'
import { filterOf, outcomes, type RequestsSearch, requestsSearch } from './search.ts'
import { type LiveRequest, requestKinds } from './types.ts'
import './requests.css'

const route = getRouteApi('/requests')

/** What goes through the edge now, each request with what became of it. */
export function RequestsPage() {
  const search = route.useSearch()
  const [isPaused, setIsPaused] = useState(false)
  const live = useLive(filterOf(search), isPaused)
  return (
    <Page
      title="Live requests"
      lead="What goes through the edge now. Open one to see each decision that led to its answer."
      commands={
        <>
          <Button
            icon={isPaused ? <PlayRegular /> : <PauseRegular />}
            onClick={() => setIsPaused(!isPaused)}
          >
            {isPaused ? 'Go on' : 'Pause'}
          </Button>
          <State live={live} isPaused={isPaused} />
        </>
      }
    >
      <Filters search={search} />
      <ProblemBar problem={live.problem} />
      <Tape requests={live.tape} />
    </Page>
  )
}

function State({ live, isPaused }: { readonly live: Live; readonly isPaused: boolean }) {
  const { state, dropped, missed } = live
  const words = isPaused
    ? `Paused: ${missed} more since`
    : { open: 'Live', waiting: 'Connecting …' }[state]
  return (
    <span className={`live-state live-${isPaused ? 'paused' : state}`}>
      <span className="live-dot" aria-hidden />
      {words}
      {dropped > 0 && <span className="soft"> · {dropped} were too many to tell</span>}
    </span>
  )
}

function Filters({ search }: { readonly search: RequestsSearch }) {
  const navigate = useNavigate({ from: '/requests' })
  const { data: applications = [] } = useApplications()
  const refine = (part: Partial<Record<keyof RequestsSearch, string>>): void =>
    void navigate({ search: requestsSearch(compact({ ...search, ...part })), replace: true })
  return (
    <div className="filters">
      <SearchBox
        label="Part of the address"
        value={search.q ?? ''}
        onChange={(q) => refine({ q })}
      />
      <ChoiceFilter
        label="Application"
        value={search.application}
        options={applications.map(({ id, displayName }) => [id, displayName])}
        onChange={(application) => refine({ application })}
      />
      <ChoiceFilter
        label="Kind"
        value={search.kind}
        options={requestKinds.map((kind) => [kind, kindLabels[kind]])}
        onChange={(kind) => refine({ kind })}
      />
      <ChoiceFilter
        label="Outcome"
        value={search.outcome}
        options={outcomes.map((outcome) => [outcome, outcomeLabels[outcome]])}
        onChange={(outcome) => refine({ outcome })}
      />
      <SearchBox
        label="User name"
        value={search.person ?? ''}
        onChange={(person) => refine({ person })}
      />
    </div>
  )
}

function Tape({ requests }: { readonly requests: readonly LiveRequest[] }) {
  if (requests.length === 0) {
    return <p className="list-none">No request so far. They appear here as they come.</p>
  }
  return (
    <div className="list tape">
      <table className="tape-table">
        <caption className="visually-hidden">Requests, the latest first</caption>
        <thead>
          <tr>
            <th scope="col">Status</th>
            <th scope="col">Request</th>
            <th scope="col">Application</th>
            <th scope="col">Person</th>
            <th scope="col">Kind</th>
            <th scope="col" className="tape-number">
              Took
            </th>
            <th scope="col">At</th>
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => (
            <Row key={request.id} request={request} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

const timeOfDay = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

/** Drawn once for each thing that is told about the request, however often the list changes. */
const Row = memo(function Row({ request }: { readonly request: LiveRequest }) {
  const { id, method, url, applicationDisplayName, userPrincipalName, kind, origin } = request
  return (
    <tr className="tape-row">
      <td>
        <Outcome {...outcomeOf(request)} />
      </td>
      <td className="tape-request">
        <Link
          className="link"
          to="/requests/$id"
          params={{ id }}
          preload={false}
          title={`${fateText(request)}: ${url}`}
        >
          <strong>{method}</strong> {url.replace(/^https?:\/\//, '')}
        </Link>
        {origin !== undefined && <span className="tape-origin"> from {origin}</span>}
        {request.code !== undefined && <code className="tape-code">{request.code}</code>}
      </td>
      <td className="tape-roomy">{applicationDisplayName ?? <span className="soft">–</span>}</td>
      <td className="tape-roomy">{userPrincipalName ?? <span className="soft">–</span>}</td>
      <td className="tape-roomy">{kindLabels[kind]}</td>
      <td className="tape-number">{msText(request.durationInMilliseconds)}</td>
      <td className="tape-roomy">{timeOfDay.format(Date.parse(request.startedDateTime))}</td>
    </tr>
  )
})

function outcomeOf({ status, code, isOpen }: LiveRequest) {
  return { status, isOpen, ...(code !== undefined && { code }) }
}
