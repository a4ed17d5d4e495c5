import { MessageBar, MessageBarBody, Spinner } from '@fluentui/react-components'
import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle'
import { CircleRegular } from '@fluentui/react-icons/svg/circle'
import { ErrorCircleFilled } from '@fluentui/react-icons/svg/error-circle'
import { useQuery } from '@tanstack/react-query'
import { collection, resource } from '../api/queries.ts'
import type { Application, ConnectorGroup } from '../api/types.ts'
import { segmentsOf } from '../applications/facts.ts'
import { LinkButton } from '../parts/link-button.tsx'
import { type ArrivalStep, arrivalSteps, type EnrolmentToken } from './arrival.ts'
import { connectorOf, groupsPath, originHealth } from './connectors.ts'

// Whoever has pasted a command looks here at once.
const pollMs = 1_000

interface ArrivalStepsProps {
  readonly group: ConnectorGroup
  readonly tokenId: string
}

/** Shows a new connector's way from its token to the applications, step by step as it happens. */
export function ArrivalSteps({ group, tokenId }: ArrivalStepsProps) {
  const path = `${groupsPath}/${group.id}`
  const token = useQuery({
    ...resource<EnrolmentToken>(`${path}/enrolmentTokens/${tokenId}`),
    refetchInterval: ({ state }) => (state.data?.usedDateTime ? false : pollMs),
  })
  const id = token.data?.connectorId ?? ''
  const isKnown = id !== ''
  const connector = useQuery({ ...connectorOf(id), enabled: isKnown, refetchInterval: pollMs })
  const isActive = connector.data?.status === 'active'
  const health = useQuery({ ...originHealth(id), enabled: isActive, refetchInterval: pollMs })
  const applications = useQuery(
    collection<Application>(`${path}/applications?$select=id,onPremisesPublishing`),
  )
  const steps = arrivalSteps({
    token: token.data,
    connector: isKnown ? connector.data : undefined,
    health: isActive ? health.data : undefined,
    hasPaths: applications.data?.some(hasPath) ?? true,
    now: Date.now(),
  })
  const isThere = steps.every(({ state }) => state === 'done')
  return (
    <>
      <ol className="arrival" aria-live="polite">
        {steps.map((step) => (
          <Step key={step.title} step={step} />
        ))}
      </ol>
      {isThere && (
        <MessageBar intent="success">
          <MessageBarBody>
            {connector.data?.machineName} serves the applications of {group.name}.
          </MessageBarBody>
        </MessageBar>
      )}
      {isKnown && (
        <div>
          <LinkButton
            to="/connectors/$id"
            params={{ id }}
            appearance={isThere ? 'primary' : 'secondary'}
          >
            Open it
          </LinkButton>
        </div>
      )}
    </>
  )
}

function hasPath({ onPremisesPublishing: publishing }: Application): boolean {
  const own = publishing?.internalUrl ?? ''
  const urls = [own, ...segmentsOf(publishing).map(({ internalUrl }) => internalUrl)]
  return urls.some((url) => url !== '' && !url.includes('*'))
}

function Step({ step: { title, state, detail } }: { readonly step: ArrivalStep }) {
  return (
    <li className={`arrival-step arrival-${state}`}>
      <span className="arrival-icon">{icons[state]}</span>
      <div>
        <span className="arrival-title">{title}</span>
        <span className="visually-hidden">{`: ${words[state]}`}</span>
        {state !== 'later' && detail !== '' && <p className="arrival-detail">{detail}</p>}
      </div>
    </li>
  )
}

const icons: Readonly<Record<ArrivalStep['state'], React.ReactNode>> = {
  done: <CheckmarkCircleFilled aria-hidden />,
  failed: <ErrorCircleFilled aria-hidden />,
  waiting: <Spinner size="tiny" aria-hidden />,
  later: <CircleRegular aria-hidden />,
}

const words: Readonly<Record<ArrivalStep['state'], string>> = {
  done: 'done',
  failed: 'not so',
  waiting: 'waiting',
  later: 'later',
}
