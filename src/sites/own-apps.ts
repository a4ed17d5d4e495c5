import type { DirectoryState } from '../directory/directory.ts'
import { authorize } from '../policy/access.ts'
import type { Application, Publishing } from '../publishing/application.ts'

/** An application as its people find it. */
export interface OwnApp {
  readonly displayName: string
  readonly url: string
  /** Why it cannot be used at the moment. */
  readonly trouble: 'maintenance' | 'no-connector' | undefined
}

/** The original's tag of applications that are not shown to people. */
const hiddenTag = 'HideApp'

/**
 * The applications that a person may enter, by name: those that are published, enabled, not hidden, and have an address that
 * can be opened. `query`: only those whose name has it. `serves`: whether a connector of the group is there. [G5]
 */
export function ownApps(
  { applications, access, defaultGroupId }: OwnState,
  personId: string,
  query: string,
  serves: (groupId: string) => boolean,
): readonly OwnApp[] {
  const wanted = query.trim().toLowerCase()
  const apps = applications.flatMap((application): OwnApp[] => {
    const { id, displayName, publishing, registration, tags } = application
    if (!publishing || !registration.enabled || tags.includes(hiddenTag)) return []
    if (!displayName.toLowerCase().includes(wanted)) return []
    if (!authorize(access, id, personId).allowed) return []
    const url = addressOf(application, publishing)
    if (url === undefined) return []
    const groupId = application.connectorGroupId ?? defaultGroupId
    const trouble = publishing.maintenance
      ? 'maintenance'
      : serves(groupId)
        ? undefined
        : 'no-connector'
    return [{ displayName, url, trouble }]
  })
  return apps.toSorted((a, b) => a.displayName.localeCompare(b.displayName, 'en'))
}

type OwnState = Pick<DirectoryState, 'applications' | 'access' | 'defaultGroupId'>

/** Where it begins: what its administrator says, else its own URL, else that of its first segment. */
function addressOf(
  { homePageUrl }: Application,
  { externalUrl, segments }: Publishing,
): string | undefined {
  const candidates = [homePageUrl, externalUrl, ...segments.map((segment) => segment.externalUrl)]
  return candidates.find((url) => url !== undefined && opens(url))
}

// A star is no address, and nothing but a page is to be opened.
function opens(url: string): boolean {
  return /^https?:\/\/[^*]/.test(url) && URL.canParse(url)
}
