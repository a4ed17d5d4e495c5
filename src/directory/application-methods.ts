import type { Parsed } from '../base/check.ts'
import type { NewCertificate } from '../certificates/stored.ts'
import type { Application } from '../publishing/application.ts'
import type { Change } from './change.ts'

/** What the directory does with applications; as all of its writes (directory.ts). */
export interface ApplicationMethods {
  applications(): Promise<readonly Application[]>
  application(id: string): Promise<Application | undefined>
  /** Throws `already-exists` where another one has the unique name. */
  createApplication(displayName: string, change: Change, uniqueName?: string): Promise<Application>
  /** The same with more of it from the beginning, validated against all others. */
  registerApplication(
    displayName: string,
    change: Change,
    edit: (fresh: Application) => Application,
    uniqueName?: string,
  ): Promise<Parsed<Application>>
  /**
   * `edit` gets the current one and returns the new one or issues; validated against all others before it is kept. A
   * certificate that comes along is kept with it or not at all.
   */
  updateApplication(
    id: string,
    change: Change,
    edit: (current: Application) => Parsed<Application>,
    certificate?: NewCertificate,
  ): Promise<Parsed<Application>>
  /** False when there is none. */
  deleteApplication(id: string, change: Change): Promise<boolean>
}
