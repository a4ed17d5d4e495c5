import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle'
import { CircleRegular } from '@fluentui/react-icons/svg/circle'
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
    path: '/connectors',
  },
  {
    id: 'application',
    title: 'Publish an application',
    text: 'A name, its address inside, who may enter. Less than a minute.',
    path: '/applications/new',
  },
  {
    id: 'people',
    title: 'Invite people',
    text: 'Make accounts here, or let people sign in where they do already.',
    path: '/people',
  },
] as const

/** The three things that a new edge lacks, with those that are done ticked. */
export function FirstSteps({ done }: FirstStepsProps) {
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
    </Section>
  )
}
