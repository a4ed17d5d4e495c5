import { CheckmarkCircleRegular } from '@fluentui/react-icons/svg/checkmark-circle'
import { ErrorCircleRegular } from '@fluentui/react-icons/svg/error-circle'
import { WarningRegular } from '@fluentui/react-icons/svg/warning'
import { PathLink } from '../parts/path-link.tsx'
import { Section } from '../parts/section.tsx'
import type { Concern } from './attention.ts'

interface AttentionProps {
  readonly concerns: readonly Concern[]
  /** Whether everything has been read that could need attention. */
  readonly isKnown: boolean
  /** Nothing is published that could be broken. */
  readonly isEmpty: boolean
}

/** What needs attention, each with the way to where it is put right. */
export function Attention({ concerns, isKnown, isEmpty }: AttentionProps) {
  return (
    <Section title="Needs attention">
      {concerns.length > 0 && (
        <ul className="concerns">
          {concerns.map((concern) => (
            <ConcernLine key={`${concern.title} ${concern.detail}`} concern={concern} />
          ))}
        </ul>
      )}
      {concerns.length === 0 && (
        <p className="concern">
          <CheckmarkCircleRegular className="concern-icon concern-good" aria-hidden />
          {isKnown ? wellText(isEmpty) : 'Looking …'}
        </p>
      )}
    </Section>
  )
}

function wellText(isEmpty: boolean): string {
  if (isEmpty)
    return 'Nothing: what is published is watched from then on, and what breaks stands here.'
  return 'Nothing. Everything is reachable, and no call is refused.'
}

function ConcernLine({
  concern: { severity, title, detail, path },
}: {
  readonly concern: Concern
}) {
  const Icon = severity === 'error' ? ErrorCircleRegular : WarningRegular
  return (
    <li className="concern">
      <Icon className={`concern-icon concern-${severity}`} aria-hidden />
      <span>
        <PathLink path={path}>{title}</PathLink>
        <span className="concern-detail">{detail}</span>
      </span>
    </li>
  )
}
