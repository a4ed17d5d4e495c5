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
}

/** What needs attention, each with the way to where it is put right. */
export function Attention({ concerns, isKnown }: AttentionProps) {
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
          {isKnown ? 'Nothing. Everything is reachable, and no call is refused.' : 'Looking …'}
        </p>
      )}
    </Section>
  )
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
