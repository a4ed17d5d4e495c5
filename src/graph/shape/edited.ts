import type { Drafted } from '../../base/check.ts'
import type { Application } from '../../publishing/application.ts'
import type { Place } from './target.ts'

/** An application as edited, or every issue under the caller's path; `place` is for what the directory adds. */
export interface Edited {
  readonly application: Drafted<Application>
  readonly place?: Place
}
