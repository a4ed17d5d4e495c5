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
  {
    id: 'publishing',
    label: 'Publishing',
    content: lazy(async () => ({ default: (await import('./publishing-tab.tsx')).PublishingTab })),
    needs: 'nothing',
  },
  {
    id: 'segments',
    label: 'Segments',
    content: lazy(async () => ({ default: (await import('./segments-tab.tsx')).SegmentsTab })),
    needs: 'publishing',
  },
  {
    id: 'cors',
    label: 'CORS rules',
    content: lazy(async () => ({ default: (await import('./cors-tab.tsx')).CorsTab })),
    needs: 'publishing',
  },
  {
    id: 'assignments',
    label: 'Assignments',
    content: lazy(async () => ({
      default: (await import('./assignments-tab.tsx')).AssignmentsTab,
    })),
    needs: 'nothing',
  },
  {
    id: 'single-sign-on',
    label: 'Single sign-on',
    content: lazy(async () => ({
      default: (await import('./single-sign-on-tab.tsx')).SingleSignOnTab,
    })),
    needs: 'publishing',
  },
  {
    id: 'sessions',
    label: 'Sessions',
    content: lazy(async () => ({ default: (await import('./sessions-tab.tsx')).SessionsTab })),
    needs: 'publishing',
  },
  {
    id: 'delete',
    label: 'Delete',
    content: lazy(async () => ({ default: (await import('./delete-tab.tsx')).DeleteTab })),
    needs: 'nothing',
  },
]
