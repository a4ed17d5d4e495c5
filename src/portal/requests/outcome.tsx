import { ArrowSyncRegular } from '@fluentui/react-icons/svg/arrow-sync'
import { CheckmarkCircleRegular } from '@fluentui/react-icons/svg/checkmark-circle'
import { DismissCircleRegular } from '@fluentui/react-icons/svg/dismiss-circle'
import { ProhibitedRegular } from '@fluentui/react-icons/svg/prohibited'
import { memo } from 'react'
import type { LiveRequest } from './types.ts'

type Fate = 'good' | 'refused' | 'failed' | 'open' | 'left'

const fates = {
  good: { icon: CheckmarkCircleRegular, text: 'answered' },
  refused: { icon: ProhibitedRegular, text: 'refused by the edge' },
  failed: { icon: DismissCircleRegular, text: 'failed' },
  open: { icon: ArrowSyncRegular, text: 'still open' },
  left: { icon: DismissCircleRegular, text: 'the client left' },
} as const

type Told = Pick<LiveRequest, 'status' | 'code' | 'isOpen'>

/** How a request ended, by shape, number and words. */
export const Outcome = memo(function Outcome({ status, code, isOpen }: Told) {
  const fate = fateOf({ status, isOpen, ...(code !== undefined && { code }) })
  const { icon: Icon, text } = fates[fate]
  return (
    <span className={`outcome outcome-${fate}`}>
      <Icon className="outcome-icon" aria-label={text} />
      <span className="outcome-status">{status ?? '–'}</span>
    </span>
  )
})

/** The end of a request in one word. */
export function fateOf({ status, code, isOpen }: Told): Fate {
  if (code === 'client-left') return 'left'
  if (isOpen) return 'open'
  if (code !== undefined && status !== null && status >= 400) return 'refused'
  return status !== null && status >= 400 ? 'failed' : 'good'
}

/** The same for a sentence. */
export function fateText(told: Told): string {
  return fates[fateOf(told)].text
}
