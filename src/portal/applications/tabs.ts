import type { ComponentType } from 'react'
import { lazyPart } from '../parts/lazy-part.ts'
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
    content: lazyPart(async () => (await import('./overview-tab.tsx')).OverviewTab),
    needs: 'nothing',
  },
  {
    id: 'publishing',
    label: 'Publishing',
    content: lazyPart(async () => (await import('./publishing-tab.tsx')).PublishingTab),
    needs: 'nothing',
  },
  {
    id: 'segments',
    label: 'Segments',
    content: lazyPart(async () => (await import('./segments-tab.tsx')).SegmentsTab),
    needs: 'publishing',
  },
  {
    id: 'cors',
    label: 'CORS rules',
    content: lazyPart(async () => (await import('./cors-tab.tsx')).CorsTab),
    needs: 'publishing',
  },
  {
    id: 'assignments',
    label: 'Assignments',
    content: lazyPart(async () => (await import('./assignments-tab.tsx')).AssignmentsTab),
    needs: 'nothing',
  },
  {
    id: 'single-sign-on',
    label: 'Single sign-on',
    content: lazyPart(async () => (await import('./single-sign-on-tab.tsx')).SingleSignOnTab),
    needs: 'publishing',
  },
  {
    id: 'sessions',
    label: 'Sessions',
    content: lazyPart(async () => (await import('./sessions-tab.tsx')).SessionsTab),
    needs: 'publishing',
  },
  {
    id: 'delete',
    label: 'Delete',
    content: lazyPart(async () => (await import('./delete-tab.tsx')).DeleteTab),
    needs: 'nothing',
  },
]
