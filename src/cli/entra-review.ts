import { isRecord } from './entra-export.ts'
import type { Report } from './entra-report.ts'
import type { Resource } from './resource.ts'

const reportOnly = 'enabledForReportingButNotEnforced'

/**
 * What becomes of one policy on its way here. One that would ask for less, or let more people by, than it did comes in as
 * report-only; one that would hold for more than it did is off, because it could lock everybody out. [S8]
 */
export class PolicyReview {
  readonly #report: Report
  readonly #source: string
  readonly #name: string
  #isLaxer = false
  #isWider = false

  constructor(report: Report, source: string, name: string) {
    this.#report = report
    this.#source = source
    this.#name = name
  }

  /** Something of the policy is lost, and it asks for less or lets more people by. */
  laxer(path: string, message: string): void {
    this.#isLaxer = true
    this.#tell('left', path, message)
  }

  /** Something is lost, and the policy holds for people or requests that it did not hold for. */
  wider(path: string, message: string): void {
    this.#isWider = true
    this.#tell('left', path, message)
  }

  /** It is otherwise, and no laxer for that. */
  changed(path: string, message: string): void {
    this.#tell('changed', path, message)
  }

  /** The policy as a whole has no counterpart. */
  left(path: string, message: string): undefined {
    this.#tell('left', path, `${message}; the policy is not taken over`)
    return undefined
  }

  /** In which state it comes in. */
  decideState(state: string): string {
    if (state !== 'enabled' && state !== reportOnly) return 'disabled'
    if (this.#isWider) {
      this.#tell('changed', 'state', 'comes in disabled: it would hold for more than it did')
      return 'disabled'
    }
    if (this.#isLaxer && state === 'enabled') {
      this.#tell('changed', 'state', 'comes in as report-only: it would ask for less than it did')
    }
    return this.#isLaxer ? reportOnly : state
  }

  #tell(kind: 'changed' | 'left', path: string, message: string): void {
    this.#report({ kind, path: `${this.#source}/${path}`, message: `${this.#name}: ${message}` })
  }
}

/** Whether a part of a policy says nothing. PowerShell writes objects full of nulls for what is not there. */
export function isSilent(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  if (!isRecord(value)) return false
  if (value['isEnabled'] === false) return true
  return Object.entries(value).every(([name, part]) => name.includes('@') || isSilent(part))
}

/** The members of a part that say something. */
export function spokenParts(value: unknown): Resource {
  if (!isRecord(value)) return {}
  return Object.fromEntries(
    Object.entries(value).filter(([name, part]) => !name.includes('@') && !isSilent(part)),
  )
}
