import { type ComponentType, lazy } from 'react'
import type { ApplicationTab } from './search.ts'
import type { TabProps } from './tab-props.ts'

interface TabEntry {
  readonly id: ApplicationTab
  readonly label: string
  readonly content: ComponentType<TabProps>
  /** Some only say something about an application that is published. */
  readonly needs: 'publishing' | 'nothing'
}

/** The tabs of an application in their order, each loaded when somebody opens it. */
export const tabs: readonly [TabEntry, ...TabEntry[]] = [
  {
    id: 'overview',
    label: 'Overview',
    content: lazy(async () => ({ default: (await import('./overview-tab.tsx')).OverviewTab })),
    needs: 'nothing',
  },
]
