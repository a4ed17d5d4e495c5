import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle'
import { DismissCircleFilled } from '@fluentui/react-icons/svg/dismiss-circle'
import { QuestionCircleFilled } from '@fluentui/react-icons/svg/question-circle'
import type { ReactNode } from 'react'

const icons = {
  allowed: CheckmarkCircleFilled,
  blocked: DismissCircleFilled,
  depends: QuestionCircleFilled,
} as const

export type VerdictKind = keyof typeof icons

interface VerdictProps {
  readonly verdict: VerdictKind
  readonly title: string
  readonly children?: ReactNode
}

/** The result in one line, large, told by shape and words as well as by colour. */
export function Verdict({ verdict, title, children }: VerdictProps) {
  const Icon = icons[verdict]
  return (
    <section className={`verdict verdict-${verdict}`} aria-labelledby="verdict-title">
      <Icon className="verdict-icon" aria-hidden />
      <div role="status">
        <h2 className="verdict-title" id="verdict-title">
          {title}
        </h2>
        {children}
      </div>
    </section>
  )
}
