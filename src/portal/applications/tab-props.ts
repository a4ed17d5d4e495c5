import type { Application } from '../api/types.ts'

/** What every tab of an application is given. */
export interface TabProps {
  readonly application: Application
}
