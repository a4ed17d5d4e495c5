import { StethoscopeRegular } from '@fluentui/react-icons/svg/stethoscope'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { readApi } from '../api/client.ts'
import { ApiProblem } from '../api/problem.ts'
import { CopyButton } from '../parts/copyable.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { msText, Trail } from '../parts/trail.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { kindLabels } from './labels.ts'
import { fateText, Outcome } from './outcome.tsx'
import type { LiveRequest } from './types.ts'
import './requests.css'

const route = getRouteApi('/requests/$id')
// While it is open.
const refreshMs = 2_000

/** One request: what became of it, and each decision that led there. Error pages lead here. */
export function RequestPage() {
  const { id } = route.useParams()
  const request = useQuery({
    queryKey: ['request', id],
    queryFn: ({ signal }) =>
      readApi<LiveRequest>(`/requests/${encodeURIComponent(id)}`, signal).catch(forgotten),
    refetchInterval: ({ state }) => (state.data?.isOpen === true ? refreshMs : false),
  })
  const found = request.data
  return (
    <Page
      title={found ? `${found.method} ${URL.parse(found.url)?.pathname ?? found.url}` : 'Request'}
      above={[{ path: '/requests', label: 'Live requests' }]}
      badge={found && <Outcome status={found.status} isOpen={found.isOpen} {...codeOf(found)} />}
      commands={
        found && (
          <LinkButton to="/doctor" search={{ request: id }} icon={<StethoscopeRegular />}>
            Ask the doctor
          </LinkButton>
        )
      }
    >
      <Loaded query={request} what="request">
        {(loaded) => (loaded ? <Details request={loaded} /> : <Forgotten />)}
      </Loaded>
    </Page>
  )
}

function codeOf({ code }: LiveRequest) {
  return code === undefined ? {} : { code }
}

function forgotten(problem: unknown): null {
  if (problem instanceof ApiProblem && problem.status === 404) return null
  throw problem
}

function Forgotten() {
  return (
    <p className="list-none">
      No edge remembers a request with this id. The last thousands are kept until a restart; the
      access log has those before.
    </p>
  )
}

function Details({ request }: { readonly request: LiveRequest }) {
  const { steps, durationInMilliseconds } = request
  const decided = steps.findLast(({ verdict }) => verdict === 'refused')
  return (
    <div className="sections">
      {decided && (
        <Section title={`Why: ${decided.reason}`}>
          <p className="soft">
            The step that {fateText(request) === 'failed' ? 'failed' : 'refused it'} is marked
            below.
          </p>
        </Section>
      )}
      <Section
        title="What the edge decided, step by step"
        lead={`${msText(durationInMilliseconds)} on the whole. A bar shows when a step was at work, where it was measured.`}
      >
        <Trail
          label="Decisions"
          steps={steps}
          totalMs={durationInMilliseconds}
          application={request.applicationId}
        />
      </Section>
      <Section title="The request">
        <dl className="facts">
          {factsOf(request).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Section>
    </div>
  )
}

function factsOf(request: LiveRequest): readonly (readonly [string, ReactNode])[] {
  const { applicationId, applicationDisplayName, code } = request
  const all: readonly (readonly [string, ReactNode])[] = [
    ['Address', request.url],
    ['Outcome', fateText(request)],
    ['Code', code && <code>{code}</code>],
    ['Kind', kindLabels[request.kind]],
    ['Called from a page of', request.origin],
    ['Application', applicationId && linkTo(applicationId, applicationDisplayName)],
    ['Person', personOf(request)],
    ['From', request.ipAddress],
    ['Browser', request.userAgent],
    ['Protocol', request.protocol],
    ['Started', new Date(request.startedDateTime).toLocaleString()],
    ['Sent and received', `${bytes(request.requestBytes)}, ${bytes(request.responseBytes)}`],
    ['Request id', <RequestId key="id" id={request.id} />],
  ]
  return all.filter(([, value]) => value !== undefined && value !== '')
}

function linkTo(id: string, name: string | undefined): ReactNode {
  return (
    <Link className="link" to="/applications/$id" params={{ id }}>
      {name ?? id}
    </Link>
  )
}

function personOf({ userId: id, userPrincipalName }: LiveRequest): ReactNode {
  if (!id || !userPrincipalName?.includes('@')) return userPrincipalName
  return (
    <Link className="link" to="/people/$id" params={{ id }}>
      {userPrincipalName}
    </Link>
  )
}

function RequestId({ id }: { readonly id: string }) {
  return (
    <>
      <code>{id}</code>
      <CopyButton text={id} label="Request id" />
    </>
  )
}

const byteFormat = new Intl.NumberFormat(undefined, {
  notation: 'compact',
  style: 'unit',
  unit: 'byte',
  unitDisplay: 'narrow',
})

function bytes(count: number): string {
  return byteFormat.format(count)
}
