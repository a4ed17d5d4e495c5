import type { Revision } from '../api/types.ts'

// What is done to a thing, where it is not the word with an ending.
const verbs: Readonly<Record<string, string>> = {
  create: 'created',
  update: 'changed',
  delete: 'deleted',
  'delete-last-segment': 'without its last segment',
  'set-password': 'given a password',
  'revoke-sign-ins': 'signed out everywhere',
  arrive: 'brought along by a provider',
  'follow-groups': 'followed the groups of a provider',
  enrol: 'enrolled',
  move: 'moved to another group',
  probe: 'asked by the doctor',
  drain: 'taken out of service',
  resume: 'back in service',
  'assign-token-lifetime-policy': 'has a token lifetime',
  'remove-token-lifetime-policy': 'no longer has the token lifetime',
  apply: 'applied',
  'roll-back': 'taken back',
}

/** `token-lifetime-policy.update` as words: `Token lifetime policy changed`; unknown ones as they are. */
export function activityText(activity: string): string {
  const [noun = '', verb = ''] = activity.split('.')
  const added = verb.replace(/^add-/, 'has a new ').replace(/^remove-/, 'no longer has the ')
  const text = `${words(noun)} ${verbs[verb] ?? words(added)}`.trim()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function words(name: string): string {
  return name.replaceAll('-', ' ')
}

/** What the API calls a kind of resource as words: `conditional access policy`. */
export function resourceText(resource: string): string {
  return resource.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

// What an activity is about, where its resource has another name.
const resources: Readonly<Record<string, string>> = {
  person: 'user',
  'access-policy': 'conditionalAccessPolicy',
  assignment: 'appRoleAssignment',
}

/** What a revision is about, by names: of an application that went, not everybody who was assigned to it. */
export function namesOf({ activity, changes }: Pick<Revision, 'activity' | 'changes'>) {
  const [noun = ''] = activity.split('.')
  const wanted = resources[noun] ?? camelCase(noun)
  const main = changes.filter(({ resource }) => resource === wanted)
  const names = (main.length > 0 ? main : changes).map(({ displayName, id }) => displayName ?? id)
  return [...new Set(names)]
}

function camelCase(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

/** The same in a few words: `Wiki, Ann and 3 more`. */
export function subjectOf(revision: Pick<Revision, 'activity' | 'changes' | 'changeCount'>) {
  const names = namesOf(revision)
  const shown = names.slice(0, 2).join(', ')
  // A list has the first hundred of each revision.
  const unlisted = revision.changeCount - revision.changes.length
  const more = names.length - 2 + (names.length === revision.changes.length ? unlisted : 0)
  if (names.length === 0) return 'Sallyport'
  return more > 0 ? `${shown} and ${more} more` : shown
}
