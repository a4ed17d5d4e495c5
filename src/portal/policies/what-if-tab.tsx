import { Badge, Button } from '@fluentui/react-components'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { askApi } from '../api/client.ts'
import { problemWithin } from '../api/problem.ts'
import { collection } from '../api/queries.ts'
import type { Application, Person } from '../api/types.ts'
import { ChoiceField, TextField } from '../parts/fields.tsx'
import { type Column, List } from '../parts/list.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { refined } from '../parts/search.ts'
import { Section } from '../parts/section.tsx'
import { demandOf, evaluatePath, type PolicyAnalysis } from './policies.ts'
import { PolicyStateBadge } from './policy-state-badge.tsx'
import type { PoliciesSearch } from './search.ts'
import { questionOf, type WhatIf } from './what-if.ts'

const route = getRouteApi('/policies')

/** Which policies would apply to a sign-in, and why the others would not. */
export function WhatIfTab() {
  const { person = '', app = '' } = route.useSearch()
  const navigate = useNavigate({ from: '/policies' })
  const [facts, setFacts] = useState({ ipAddress: '', country: '', platform: '', client: '' })
  const asking = useMutation({
    mutationFn: (question: WhatIf) =>
      askApi<{ value: PolicyAnalysis[] }>(evaluatePath, questionOf(question)),
  })
  const choose = (part: { person?: string; app?: string }): void =>
    void navigate({ search: (before: PoliciesSearch) => refined(before, part), replace: true })
  const ask = (event: FormEvent): void => {
    event.preventDefault()
    asking.mutate({ userId: person, appId: app, ...facts })
  }
  return (
    <>
      <Section
        title="What if"
        lead="Describe a sign-in: the edge decides on it as it would on a real one, report-only policies included. What you leave open, a policy may lack."
      >
        <form onSubmit={ask} className="stack" noValidate>
          <ProblemBar
            problem={asking.error}
            shown={['signInConditions/ipAddress', 'signInConditions/country']}
          />
          <Whom person={person} app={app} onChoose={choose} />
          <Circumstances
            facts={facts}
            set={(part) => setFacts({ ...facts, ...part })}
            problem={asking.error}
          />
          <div className="section-actions">
            <Button
              type="submit"
              appearance="primary"
              disabled={person === '' || app === '' || asking.isPending}
            >
              What then?
            </Button>
            {person !== '' && (
              <PathLink path={`/people/${person}?tab=access`}>See as this person</PathLink>
            )}
          </div>
        </form>
      </Section>
      {asking.data && <Answer analyses={asking.data.value} />}
    </>
  )
}

interface WhomProps {
  readonly person: string
  readonly app: string
  readonly onChoose: (part: { person?: string; app?: string }) => void
}

// The portal is no application of the directory; policies know it by this app id.
const portalApp = ['c44b4083-3bb0-49c1-b47d-974e53cbdf3c', 'Administration: this portal'] as const

function Whom({ person, app, onChoose }: WhomProps) {
  const { data: people = [] } = useQuery(collection<Person>('/users'))
  const { data: applications = [] } = useQuery(
    collection<Application>('/applications?$select=id,displayName,appId'),
  )
  return (
    <div className="field-pair">
      <ChoiceField
        label="Person"
        value={person}
        choices={[
          ['', 'Choose somebody'],
          ...people.map(({ id, displayName }) => [id, displayName] as const),
        ]}
        onChange={(id) => onChoose({ person: id })}
      />
      <ChoiceField
        label="Application"
        value={app}
        choices={[
          ['', 'Choose an application'],
          portalApp,
          ...applications.map(({ appId, displayName }) => [appId, displayName] as const),
        ]}
        onChange={(appId) => onChoose({ app: appId })}
      />
    </div>
  )
}

type Facts = Pick<WhatIf, 'ipAddress' | 'country' | 'platform' | 'client'>

interface CircumstancesProps {
  readonly facts: Facts
  readonly set: (part: Partial<Facts>) => void
  readonly problem: unknown
}

function Circumstances({ facts, set, problem }: CircumstancesProps) {
  return (
    <div className="field-pair">
      <TextField
        label="Address"
        placeholder="203.0.113.7"
        value={facts.ipAddress}
        onChange={(ipAddress) => set({ ipAddress })}
        problem={problemWithin(problem, 'signInConditions/ipAddress')}
      />
      <TextField
        label="Country"
        placeholder="DE"
        value={facts.country}
        onChange={(country) => set({ country })}
        problem={problemWithin(problem, 'signInConditions/country')}
      />
      <ChoiceField
        label="Operating system"
        value={facts.platform}
        choices={[
          ['', 'Not said'],
          ...['windows', 'macOS', 'linux', 'iOS', 'android'].map((name) => [name, name] as const),
        ]}
        onChange={(platform) => set({ platform })}
      />
      <ChoiceField
        label="Client"
        value={facts.client}
        choices={[
          ['', 'Not said'],
          ['browser', 'A browser'],
          ['mobileAppsAndDesktopClients', 'A program with an access token'],
        ]}
        onChange={(client) => set({ client })}
      />
    </div>
  )
}

function Answer({ analyses }: { readonly analyses: readonly PolicyAnalysis[] }) {
  const applied = analyses.filter(({ policyApplies }) => policyApplies)
  return (
    <>
      <Section title="These would apply">
        <List
          label="Policies that apply"
          items={applied}
          columns={appliedColumns}
          idOf={({ id }) => id}
          none="None: whoever is assigned enters."
        />
      </Section>
      <Section title="These would not">
        <List
          label="Policies that do not apply"
          items={analyses.filter(({ policyApplies }) => !policyApplies)}
          columns={[...appliedColumns.slice(0, 2), reasonColumn]}
          idOf={({ id }) => id}
          none="None."
        />
      </Section>
    </>
  )
}

const appliedColumns: readonly Column<PolicyAnalysis>[] = [
  {
    id: 'name',
    title: 'Policy',
    cell: ({ id, displayName }) => (
      <Link className="link list-name" to="/policies/$id" params={{ id }}>
        {displayName}
      </Link>
    ),
  },
  { id: 'state', title: 'State', cell: ({ state }) => <PolicyStateBadge state={state} /> },
  {
    id: 'demand',
    title: 'Asks for',
    grow: 2,
    cell: (policy) => (
      <>
        {demandOf(policy)}
        {policy.grantControls?.builtInControls.includes('block') && (
          <>
            {' '}
            <Badge appearance="tint" color="danger" shape="rounded">
              Keeps out
            </Badge>
          </>
        )}
      </>
    ),
  },
]

const reasons: Readonly<Record<string, string>> = {
  users: 'It does not mean this person.',
  application: 'It does not mean this application.',
  clientApps: 'It does not mean such a client.',
  devicePlatform: 'It does not mean this operating system.',
  location: 'It does not mean this place.',
  policyNotEnabled: 'It is off.',
  notEnoughInformation: 'It needs to know more than is said above.',
}

const reasonColumn: Column<PolicyAnalysis> = {
  id: 'why',
  title: 'Why',
  grow: 2,
  cell: ({ analysisReasons }) => reasons[analysisReasons] ?? analysisReasons,
}
