import type { Issue } from '../../base/check.ts'
import { Fault } from '../../base/fault.ts'
import type { Call, Handler, Reply } from '../call.ts'
import { Refusal } from '../refusal.ts'
import { issueAt } from '../shape/body.ts'
import type { NamedKind, Names } from './names.ts'

/**
 * A document on its way into the directory: the calls it is made of are those of the API, one after the other inside one
 * transaction, and what they refuse is collected, each with its place in the document. [G4] [G6]
 */
export class Applying {
  readonly call: Call
  readonly prune: boolean
  readonly issues: Issue[] = []
  /** Read anew whenever something was made that others may name. */
  names: Names

  constructor(call: Call, names: Names, prune: boolean) {
    // Nothing in a transaction may wait for somebody else's server.
    this.call = { ...call, providers: { ...call.providers, probe: async () => undefined } }
    this.names = names
    this.prune = prune
  }

  say(path: string, code: string, message: string): void {
    this.issues.push(issueAt(path, code, message))
  }

  /** Calls a handler as a client would; `place`: what the path of an issue in this body is in the document. */
  run(handler: Handler, keys: Readonly<Record<string, string>>, body?: unknown): Promise<Reply> {
    const request = new Request(this.call.request.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return handler({ ...this.call, request, keys, query: {}, isCount: false })
  }

  /** What is refused becomes issues below `path`; then the answer is undefined. */
  async attempt<Value>(
    path: string,
    work: () => Promise<Value>,
    place: (path: string) => string = (within) => within,
  ): Promise<Value | undefined> {
    try {
      return await work()
    } catch (thrown) {
      for (const issue of issuesOf(thrown)) {
        const within = place(issue.path)
        this.issues.push({ ...issue, path: within === '' ? path : `${path}/${within}` })
      }
      return undefined
    }
  }

  /** The same for something that the document does not have, and so has no place in it. */
  async remove(section: string, name: string, work: () => Promise<unknown>): Promise<void> {
    const known = this.issues.length
    await this.attempt(section, work, () => '')
    const found = this.issues.splice(known)
    this.issues.push(...found.map((each) => ({ ...each, message: `${name}: ${each.message}` })))
  }

  /** The id that is meant; where none or several are, that is an issue at `path`. */
  resolve(kind: NamedKind, written: unknown, path: string): string | undefined {
    if (typeof written !== 'string') {
      this.say(path, 'invalid-type', `must name a ${wordOf(kind)}`)
      return undefined
    }
    const [id, other] = this.names.read(kind, written)
    if (id === undefined)
      this.say(path, `unknown-${kebab(kind)}`, `there is no ${wordOf(kind)} ${written}`)
    if (other === undefined) return id
    this.say(path, 'ambiguous-name', `several are called ${written}; write an id`)
    return undefined
  }
}

/** As people say it, whichever of an application's ids is meant. */
function wordOf(kind: NamedKind): string {
  const isApplication = kind === 'appId' || kind === 'servicePrincipal'
  return isApplication ? 'application' : kebab(kind).replaceAll('-', ' ')
}

function kebab(kind: string): string {
  return kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function issuesOf(thrown: unknown): readonly Issue[] {
  if (thrown instanceof Refusal && thrown.status < 500) {
    const { issues, innerCode, code, message } = thrown
    return issues.length > 0 ? issues : [issueAt('', innerCode ?? code, message)]
  }
  if (thrown instanceof Fault && thrown.status < 500) {
    return [issueAt('', thrown.code, thrown.message)]
  }
  throw thrown
}
