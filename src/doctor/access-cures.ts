import type { Change } from './change.ts'
import type { Finding } from './findings.ts'
import type { Hop } from './hops.ts'
import type { Option } from './option.ts'
import type { DoctorParts, PageCall } from './page-call.ts'
import { applicationOf } from './rule-hints.ts'

const byHand = { seedOption: undefined, change: undefined, manual: undefined, retry: undefined }

/** Cures of what has nothing to do with CORS: sign-in, assignments, policies, maintenance. */
export function accessCures(
  parts: DoctorParts,
  call: PageCall,
  hop: Hop,
  { id }: Finding,
): readonly Option[] {
  const route = hop.actual.explanation.found?.route
  if (!route) return []
  const { application } = route
  const { id: applicationId, displayName } = application
  if (id === 'session-expired' || id === 'signed-out') {
    return [...longerSession(parts, hop), signIn(id === 'signed-out')]
  }
  if (id === 'not-assigned') return assign(call, applicationId, displayName)
  if (id === 'in-maintenance') {
    const change = {
      kind: 'edit-publishing',
      applicationId,
      set: { maintenance: false },
    } as const
    return [oneClick('end-maintenance', `End the maintenance of “${displayName}”`, change)]
  }
  if (id === 'application-disabled') {
    const change = { kind: 'enable', applicationId } as const
    return [oneClick('enable-application', `Switch “${displayName}” on`, change)]
  }
  if (id === 'stronger-sign-in-needed') return [signIn(true)]
  return id === 'blocked-by-policy' ? [changePolicy] : []
}

function oneClick(id: Option['id'], title: string, change: Change): Option {
  return {
    ...byHand,
    id,
    title,
    effort: 1,
    explanation: `${title}; everything else stays.`,
    change,
  }
}

function assign(call: PageCall, applicationId: string, displayName: string): readonly Option[] {
  const { visitor } = call
  if (visitor.kind !== 'person') return []
  const change = { kind: 'assign', applicationId, personId: visitor.id } as const
  const title = `Assign ${visitor.userPrincipalName} to “${displayName}”`
  return [oneClick('assign-person', title, change)]
}

// The longest that a session may last (publishing/validate.ts).
const longestSessionSeconds = 86_400

/** Seed option 5. */
function longerSession(parts: DoctorParts, hop: Hop): readonly Option[] {
  const { found } = hop.actual.explanation
  const publishing = found && applicationOf(parts, found)?.publishing
  const seconds = publishing?.sessionLifetimeSeconds ?? 0
  if (!found || !publishing || seconds >= longestSessionSeconds) return []
  const { id: applicationId, displayName } = found.route.application
  return [
    {
      ...byHand,
      id: 'session-lifetime',
      seedOption: 5,
      title: 'Let sessions last longer',
      effort: 1,
      explanation: `Sessions at “${displayName}” then last a day, so that pages which stay open outlive fewer of them. Whoever finds an unlocked computer has longer, too.`,
      change: {
        kind: 'edit-publishing',
        applicationId,
        set: { sessionLifetimeSeconds: longestSessionSeconds },
      },
    },
  ]
}

function signIn(isFirst: boolean): Option {
  return {
    ...byHand,
    id: 'sign-in',
    title: isFirst ? 'Sign in' : 'Sign in again',
    effort: 2,
    explanation: 'The 401 that the script gets has the address in `signInUrl`.',
    manual:
      'Load /.sallyport/session.js in the page, or switch on isSessionScriptInjected: it opens the sign-in in a window of its own and repeats the call.',
  }
}

const changePolicy: Option = {
  ...byHand,
  id: 'change-policy',
  title: 'Change the policy',
  effort: 2,
  explanation: 'Only who is responsible for the policy can say whether this person should get in.',
  manual:
    'Ask what it would take at identity/conditionalAccess/evaluate, and change the policy named here.',
}
