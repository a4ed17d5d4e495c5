import { Button } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import type { ConnectorGroup } from '../api/types.ts'
import { AsCode } from '../parts/as-code.tsx'
import { useChange } from '../parts/change.ts'
import { ChoiceField } from '../parts/fields.tsx'
import { Page } from '../parts/page.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { Section } from '../parts/section.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { ArrivalSteps } from './arrival-steps.tsx'
import { groupList, groupsPath } from './connectors.ts'
import { InstallTabs } from './install-tabs.tsx'
import './connectors.css'

const route = getRouteApi('/connectors/new')

/** The answer that has the token, once. */
interface MadeToken {
  readonly id: string
  readonly token: string
  readonly expiresDateTime: string
}

/** From a group to a connector that serves: one command, and what becomes of it. */
export function NewConnectorPage() {
  const groups = useQuery(groupList())
  return (
    <Page
      title="Add a connector"
      above={[{ path: '/connectors', label: 'Connectors' }]}
      lead="On any machine inside the network that reaches the applications. It dials out to this edge; no port is opened there."
    >
      <Loaded query={groups} what="connector groups">
        {(all) => <Steps groups={all} />}
      </Loaded>
    </Page>
  )
}

function Steps({ groups }: { readonly groups: readonly ConnectorGroup[] }) {
  const { group: wanted } = route.useSearch()
  const navigate = useNavigate({ from: '/connectors/new' })
  const group =
    groups.find(({ id }) => id === wanted) ?? groups.find(({ isDefault }) => isDefault) ?? groups[0]
  const [made, setMade] = useState<MadeToken | undefined>(undefined)
  if (!group) return null
  const choose = (id: string): void => {
    setMade(undefined)
    void navigate({ search: { group: id }, replace: true })
  }
  return (
    <div className="sections">
      <GroupStep groups={groups} group={group} onChoose={choose} onMade={setMade} made={made} />
      {made && (
        <>
          <Section
            title="2. Start it"
            lead={`The token is shown this once and works once, until ${new Date(made.expiresDateTime).toLocaleTimeString()}.`}
          >
            <InstallTabs token={made.token} />
          </Section>
          <Section title="3. Wait for it">
            <ArrivalSteps key={made.id} group={group} tokenId={made.id} />
          </Section>
        </>
      )}
    </div>
  )
}

interface GroupStepProps {
  readonly groups: readonly ConnectorGroup[]
  readonly group: ConnectorGroup
  readonly made: MadeToken | undefined
  readonly onChoose: (id: string) => void
  readonly onMade: (made: MadeToken) => void
}

function GroupStep({ groups, group, made, onChoose, onMade }: GroupStepProps) {
  const { send, isSending, problem } = useChange()
  const change: Change = {
    method: 'POST',
    path: `${groupsPath}/${group.id}/enrolmentTokens`,
    body: {},
    summary: `Made a token for ${group.name}`,
    isFinal: true,
  }
  const make = async (): Promise<void> => {
    const answer = await send(change)
    if (answer) onMade(answer.value as MadeToken)
  }
  return (
    <Section title="1. Choose its group" lead="It serves the applications of one group.">
      <ProblemBar problem={problem} />
      <ChoiceField
        label="Connector group"
        value={group.id}
        choices={groups.map(({ id, name }) => [id, name] as const)}
        onChange={onChoose}
      />
      <div className="section-actions">
        <Button appearance={made ? 'secondary' : 'primary'} disabled={isSending} onClick={make}>
          {made ? 'Make another token' : 'Make the command'}
        </Button>
        <AsCode changes={[change]} />
      </div>
    </Section>
  )
}
