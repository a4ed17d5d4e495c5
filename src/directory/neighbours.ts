import type { Application } from '../publishing/application.ts'
import { claimedUrls } from '../publishing/validate.ts'
import { foldName } from './schema.ts'

/**
 * Applications by what no two of them may share: whoever checks one against all others need look only at those that share
 * something with it. Which of these are in the way is for the checks to say.
 */
export class Neighbours {
  readonly #holders = new Map<string, readonly Application[]>()

  constructor(applications: Iterable<Application>) {
    for (const each of applications) this.add(each)
  }

  add(application: Application): void {
    for (const claim of claimsOf(application)) {
      const others = this.#holders.get(claim)
      this.#holders.set(claim, others ? [...others, application] : [application])
    }
  }

  /** The very object that was added. */
  remove(application: Application): void {
    for (const claim of claimsOf(application)) {
      const left = this.#holders.get(claim)?.filter((each) => each !== application) ?? []
      if (left.length > 0) this.#holders.set(claim, left)
      else this.#holders.delete(claim)
    }
  }

  /** All others that share something with it, each once, in no order; it need not be among those that were added. */
  of(application: Application): readonly Application[] {
    const found = new Set<Application>()
    for (const claim of claimsOf(application)) {
      for (const holder of this.#holders.get(claim) ?? []) {
        if (holder.id !== application.id) found.add(holder)
      }
    }
    return [...found]
  }
}

/** What `findApplicationProblems` compares. One text may stand for two things: that only makes one neighbour more. */
function claimsOf({ publishing, identifierUris, uniqueName }: Application): readonly string[] {
  const urls = publishing ? claimedUrls(publishing) : []
  const names = uniqueName === undefined ? [] : [foldName(uniqueName)]
  return [...urls, ...identifierUris, ...names]
}
