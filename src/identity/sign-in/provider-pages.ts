import type { Answer } from '../../http/answer.ts'
import { html, pageAnswer } from '../../http/page.ts'
import type { ProviderChoice } from '../relying-party/relying-parties.ts'
import { problemPage } from './pages.ts'

/** Asks with whom to sign in. */
export function providerChoicePage(
  choices: readonly ProviderChoice[],
  urlOf: (id: string) => string,
): Answer {
  const links = choices.map(
    ({ id, displayName }) =>
      html`<p><a class="button full" href="${urlOf(id)}">Sign in with ${displayName}</a></p>`,
  )
  const markup = links.map((link) => link.markup).join('\n')
  return pageAnswer(200, { title: 'Sign in', body: { markup } })
}

/** What the provider sent breaks a rule; which one is in the log. */
export function untrustedAnswerPage(url: string): Answer {
  return problemPage(
    400,
    'You were not signed in',
    'The identity provider gave an answer that cannot be trusted, so nobody was signed in. If this happens again, tell your administrator.',
    { url, label: 'Try again' },
  )
}
