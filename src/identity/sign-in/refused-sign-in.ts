import type { Answer, PageRequest } from '../../http/answer.ts'
import { fieldValues } from '../../http/headers.ts'
import { html, pageAnswer } from '../../http/page.ts'
import type { AccessGate, Client, Demand, GateRefusal } from '../access-gate.ts'
import { joinDemands, wasAsked } from '../demand.ts'
import type { GuardedApplication } from '../guarded.ts'
import type { Sessions } from '../session/sessions.ts'
import type { Session } from '../session.ts'
import { problemPage } from './pages.ts'

/**
 * What follows when a policy refuses somebody who has just signed in: a page that says so, or what the next sign-in is
 * to bring. `asked`: what this one was to bring already; nobody is asked twice for the same, so that nothing goes round.
 */
export function afterRefusal(
  because: GateRefusal,
  asked: Demand | undefined,
  target: string,
  requestId: string | undefined,
): Answer | Demand {
  const { code, policy } = because
  if (code === 'blocked-by-policy') return blockedPage(policy.displayName, requestId)
  if (wasAsked(asked, because.demand)) return unmetDemandPage(code, policy.displayName, target)
  return joinDemands(asked, because.demand)
}

/**
 * The session that a browser shows, or what a policy wants of another one. Somebody who is kept out altogether has one:
 * the application's own address says why.
 */
export async function presentSession(
  { sessions, gate }: { readonly sessions: Sessions; readonly gate?: AccessGate | undefined },
  app: GuardedApplication,
  request: PageRequest,
): Promise<{ readonly session?: Session; readonly demand?: Demand }> {
  const cookies = fieldValues(request.headers, 'cookie')
  const checked = await sessions.check(app, request.url.host, cookies)
  if ('refused' in checked) return {}
  const verdict = gate?.judgeSession(app, checked.session, request)
  if (verdict?.allowed !== false || verdict.because.code === 'blocked-by-policy') return checked
  return { demand: verdict.because.demand }
}

/** The application, with what policies say about cookies that outlive the browser in place of its own setting. [S8] */
export function persistentAs(
  gate: AccessGate | undefined,
  app: GuardedApplication,
  session: Session,
  client: Client,
): GuardedApplication {
  const verdict = gate?.judgeSession(app, session, client)
  const said = verdict?.allowed === true ? verdict.persistentBrowser : undefined
  if (said === undefined) return app
  return { ...app, cookie: { ...app.cookie, persistent: said === 'always' } }
}

/** A policy keeps this person out of the application, here and now. */
function blockedPage(policy: string, requestId: string | undefined): Answer {
  const traced = requestId === undefined ? html`` : html`<br>Request ${requestId}`
  const body = html`<p>You have signed in, but the policy “${policy}” blocks access. An administrator can change that.</p>
<p><a class="button" href="/.sallyport/sign-out">Sign out and use another account</a></p>
<p class="soft"><small>403 Forbidden, blocked-by-policy${traced}</small></p>`
  return pageAnswer(403, { title: 'You may not enter here', body })
}

const unmet = {
  'mfa-required': 'asks for a second factor, and the identity provider did not ask you for one',
  'sign-in-too-old':
    'asks for a new sign-in, and the identity provider did not make you sign in anew, or does not tell',
} as const

/** The provider was asked for more, and did not give it. */
function unmetDemandPage(code: keyof typeof unmet, policy: string, target: string): Answer {
  return problemPage(
    403,
    'This sign-in is not enough',
    `The policy “${policy}” ${unmet[code]}. Try again, or ask your administrator.`,
    { url: target, label: 'Try again' },
  )
}
