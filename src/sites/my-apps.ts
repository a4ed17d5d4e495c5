import type { Site } from '../edge/site.ts'
import { type Html, html, pageAnswer } from '../http/page.ts'
import type { Session } from '../identity/session.ts'
import { toResponse } from './answer.ts'
import type { OwnApp } from './own-apps.ts'

export interface MyAppsOptions {
  /** What the person may enter, of which the name has `query`. */
  readonly appsOf: (personId: string, query: string) => Promise<readonly OwnApp[]>
  readonly administers: (personId: string) => Promise<boolean>
  readonly portalUrl: string
  readonly accountUrl: string
}

// A search for more than this finds nothing anyway.
const queryMaxLength = 100
// From this many on a list is searched rather than read.
const searchedFrom = 8

/** Everybody's applications on one page, which needs no script. [G5] */
export function createMyApps(options: MyAppsOptions): Site {
  return {
    // It takes no forms but searches, which are in the address.
    bodyMaxBytes: async () => 1024,
    async answer(request, session) {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } })
      }
      const { pathname, searchParams } = new URL(request.url)
      if (pathname !== '/') return toResponse(nothingHere())
      const query = (searchParams.get('q') ?? '').slice(0, queryMaxLength)
      const apps = await options.appsOf(session.personId, query)
      const administers = await options.administers(session.personId)
      return toResponse(overview(options, session, { apps, query, administers }))
    },
  }
}

interface Shown {
  readonly apps: readonly OwnApp[]
  readonly query: string
  readonly administers: boolean
}

function overview(
  { portalUrl, accountUrl }: MyAppsOptions,
  { displayName, userPrincipalName }: Session,
  { apps, query, administers }: Shown,
) {
  const searches = query !== '' || apps.length >= searchedFrom
  const portal = administers ? html` · <a href="${portalUrl}">Portal</a>` : html``
  const body = html`${searches ? searchForm(query) : html``}
${apps.length > 0 ? html`<ul class="tiles">${apps.map(tile)}</ul>` : nothingFound(query)}
<p class="end"><span class="soft">${displayName}, ${userPrincipalName}</span><br>
<a href="${accountUrl}">Your account</a>${portal} · <a href="/.sallyport/sign-out">Sign out</a></p>`
  return pageAnswer(200, { title: 'My Apps', body, wide: true })
}

function searchForm(query: string): Html {
  return html`<form class="search" role="search" action="/">
<label for="q">Search</label>
<input id="q" name="q" type="search" value="${query}" maxlength="${queryMaxLength}" autocomplete="off">
<button class="quiet">Search</button>
</form>`
}

function nothingFound(query: string): Html {
  if (query === '') {
    return html`<p>There is no application for you yet. Whoever looks after your applications can change that.</p>`
  }
  return html`<p>None of your applications is called “${query}”.</p>
<p><a href="/">All applications</a></p>`
}

const troubles: Readonly<Record<NonNullable<OwnApp['trouble']>, string>> = {
  maintenance: 'Closed for maintenance',
  'no-connector': 'Cannot be reached right now',
}

function tile({ displayName, url, trouble }: OwnApp): Html {
  const said = trouble === undefined ? html`` : html`<small>${troubles[trouble]}</small>`
  return html`<li><a href="${url}"><span class="letter" aria-hidden="true">${firstLetter(displayName)}</span>\
<span>${displayName}${said}</span></a></li>
`
}

function firstLetter(name: string): string {
  const [first = ''] = name.trim()
  return first.toUpperCase()
}

function nothingHere() {
  const body = html`<p>There is no such page.</p><p><a href="/">My Apps</a></p>`
  return pageAnswer(404, { title: 'Nothing here', body })
}
