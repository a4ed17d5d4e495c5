import type { EntraObject } from './entra-export.ts'
import { uniqueName } from './entra-locations.ts'
import type { Report } from './entra-report.ts'
import { listAt, type Resource, textAt, valueAt, wordsAt } from './resource.ts'

/** Token lifetime policies as a configuration document has them, with the ids that they have in the export. */
export interface Lifetimes {
  readonly list: readonly Resource[]
  readonly nameOf: ReadonlyMap<string, string>
}

const secondsMin = 10 * 60
const secondsMax = 24 * 60 * 60

/** Converts the policies that say how long an access token lives; the original has others that are written alike. */
export function convertLifetimes(objects: readonly EntraObject[], report: Report): Lifetimes {
  const nameOf = new Map<string, string>()
  const taken = new Set<string>()
  const list = objects.flatMap(({ value, source }) => {
    const id = textAt(value, 'id')
    const name = textAt(value, 'displayName') || id
    if (nameOf.has(id)) return []
    const lifetime = readLifetime(value)
    if (!lifetime.isTaken) {
      const message = `${name}: ${lifetime.because}`
      const fix = 'sallyport token-lifetimes create'
      report({ kind: 'left', path: `${source}/definition`, message, fix })
      return []
    }
    const displayName = uniqueName(name, taken)
    nameOf.set(id, displayName)
    const isOrganizationDefault = value['isOrganizationDefault'] === true
    return [{ displayName, definition: [lifetime.definition], isOrganizationDefault }]
  })
  return { list, nameOf }
}

type ReadLifetime =
  | { readonly isTaken: true; readonly definition: string }
  | { readonly isTaken: false; readonly because: string }

function readLifetime(policy: Resource): ReadLifetime {
  const [definition = ''] = wordsAt(policy, 'definition')
  const said = valueAt(parse(definition), 'TokenLifetimePolicy')
  if (said === undefined) return left('is no policy about the lifetime of tokens')
  const written = textAt(said, 'AccessTokenLifetime')
  if (written === '') {
    return left('says nothing of access tokens; the rest has no effect any more, there or here')
  }
  const seconds = secondsOf(written)
  if (seconds === undefined || seconds < secondsMin || seconds > secondsMax) {
    return left(`${written} is not from 10 minutes to a day`)
  }
  const kept = { Version: 1, AccessTokenLifetime: written }
  return { isTaken: true, definition: JSON.stringify({ TokenLifetimePolicy: kept }) }
}

function left(because: string): ReadLifetime {
  return { isTaken: false, because }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Other policies have other texts.
    return undefined
  }
}

/** `D.HH:MM:SS` */
function secondsOf(text: string): number | undefined {
  const match = /^(?:(\d{1,3})\.)?(\d{1,4}):(\d{1,4}):(\d{1,5})$/.exec(text)
  if (!match) return undefined
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0))
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
}

/** The id of the policy that an application has: expanded in it or in the policy, or on a page of its own. */
export function lifetimeOf(
  owners: readonly Resource[],
  objects: readonly EntraObject[],
): string | undefined {
  const ids = owners.map((owner) => textAt(owner, 'id'))
  const expanded = owners.flatMap((owner) => listAt(owner, 'tokenLifetimePolicies'))
  const page = objects.find(({ owners: of }) =>
    ['applications', 'serviceprincipals'].some((kind) => ids.includes(of.get(kind) ?? '')),
  )
  const applied = objects.find(({ value }) =>
    listAt(value, 'appliesTo').some((each) => ids.includes(textAt(each, 'id'))),
  )
  return textAt(expanded[0] ?? page?.value ?? applied?.value, 'id') || undefined
}
