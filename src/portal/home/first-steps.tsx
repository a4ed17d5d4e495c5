import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle'
import { CircleRegular } from '@fluentui/react-icons/svg/circle'
import { LinkButton } from '../parts/link-button.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { Section } from '../parts/section.tsx'

interface FirstStepsProps {
  readonly done: {
    readonly connector: boolean
    readonly application: boolean
    readonly people: boolean
  }
}

const steps = [
  {
    id: 'connector',
    title: 'Connect your network',
    text: 'Start a connector inside: one command with a token that works once. It only dials out.',
    path: '/connectors/new',
    action: 'Add a connector',
  },
  {
    id: 'application',
    title: 'Publish an application',
    text: 'A name, its address inside, who may enter. Less than a minute.',
    path: '/applications/new',
    action: 'Publish an application',
  },
  {
    id: 'people',
    title: 'Invite people',
    text: 'Make accounts here, or let people sign in where they do already.',
    path: '/people/new',
    action: 'Invite somebody',
  },
] as const

/** The three things that a new edge lacks, with those that are done ticked. */
export function FirstSteps({ done }: FirstStepsProps) {
  const next = steps.find(({ id }) => !done[id])
  return (
    <Section title="First steps" lead="Three of them, and people work.">
      <ol className="steps">
        {steps.map(({ id, title, text, path }) => (
          <li key={id} className="step">
            {done[id] ? (
              <CheckmarkCircleFilled className="concern-icon concern-good" aria-label="Done" />
            ) : (
              <CircleRegular className="concern-icon" aria-hidden />
            )}
            <span>
              <PathLink path={path}>{title}</PathLink>
              <span className="concern-detail">{text}</span>
            </span>
          </li>
        ))}
      </ol>
      {next && (
        <div className="section-actions">
          <LinkButton to={next.path} appearance="primary">
            {next.action}
          </LinkButton>
        </div>
      )}
    </Section>
  )
}
