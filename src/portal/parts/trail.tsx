import { ArrowForwardRegular } from '@fluentui/react-icons/svg/arrow-forward'
import { CheckmarkCircleRegular } from '@fluentui/react-icons/svg/checkmark-circle'
import { DismissCircleRegular } from '@fluentui/react-icons/svg/dismiss-circle'
import { SubtractCircleRegular } from '@fluentui/react-icons/svg/subtract-circle'
import { Subject } from './subject.tsx'
import { spansOf } from './trail-spans.ts'
import type { TrailStep } from './trail-step.ts'
import './trail.css'

interface TrailProps {
  readonly label: string
  readonly steps: readonly TrailStep[]
  /** Whose segments and rules are decided by, where no step says it. */
  readonly application?: string | undefined
  /** How long the request took on the whole, where it was one. */
  readonly totalMs?: number
}

/** The decisions of the edge in their order, with what each of them took where that was measured. */
export function Trail({ label, steps, totalMs, application }: TrailProps) {
  const spans = spansOf(steps, totalMs)
  const named = steps.find(({ subject }) => subject?.kind === 'application')?.subject?.id
  return (
    <ol className="trail" aria-label={label}>
      {steps.map((step, index) => {
        const { icon: Icon, text } = verdicts[step.verdict]
        const span = spans[index]
        return (
          // Steps have no id; a trail never changes its order.
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={index} className={`trail-step trail-${step.verdict}`}>
            <Icon className="trail-icon" aria-hidden />
            <div className="trail-text">
              <strong>{titles[step.step] ?? step.step}</strong>{' '}
              <span className="trail-verdict">{text}</span>
              {step.code !== undefined && <code className="trail-code">{step.code}</code>}
              <span className="trail-reason">{step.reason}</span>
              {step.subject && (
                <Subject subject={step.subject} application={application ?? named} />
              )}
            </div>
            {span && (
              <div className="trail-time">
                <span className="trail-track" aria-hidden>
                  <span
                    className="trail-bar"
                    style={{ marginLeft: `${span.from * 100}%`, width: `${span.share * 100}%` }}
                  />
                </span>
                <span className="trail-ms">{msText(span.tookMs)}</span>
              </div>
            )}
          </li>
        )
      })}
    </ol>
  )
}

const verdicts = {
  passed: { icon: CheckmarkCircleRegular, text: 'passed' },
  refused: { icon: DismissCircleRegular, text: 'refused' },
  answered: { icon: ArrowForwardRegular, text: 'answered' },
  skipped: { icon: SubtractCircleRegular, text: 'nothing to decide' },
} as const

const titles: Readonly<Record<string, string>> = {
  listen: 'Read the request',
  resolve: 'Find the application',
  cors: 'Ask the CORS rules',
  maintenance: 'Look for maintenance',
  authenticate: 'Know the person',
  assign: 'Look for an assignment',
  policy: 'Ask the policies',
  webSocket: 'Check the WebSocket',
  forward: 'Send it inside',
  answer: 'Answer',
}

/** Milliseconds as a person reads them: decisions take millionths of a second, applications seconds. */
export function msText(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`
  if (ms >= 100) return `${Math.round(ms)} ms`
  if (ms >= 1) return `${ms.toFixed(1)} ms`
  return ms >= 0.001 ? `${Math.round(ms * 1000)} µs` : '0 µs'
}
