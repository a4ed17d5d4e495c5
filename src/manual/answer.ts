import type { Answer } from '../http/answer.ts'
import { html, ownAnswerHeaders, pageAnswer } from '../http/page.ts'
import { isDocument, readDocument, readOverview } from './documents.ts'
import { documentsPath } from './error-page.ts'
import { renderMarkdown } from './markdown.ts'

export const overviewPath = '/llms.txt'

// One for each document at most, and never rendered again: anybody may ask for them.
const pages = new Map<string, Answer>()

/**
 * The answer to a request for a document: a page, the Markdown itself where the path ends in `.md`, and `/llms.txt`. Undefined when
 * the path is for none of them. Throws the system's error.
 */
export function manualAnswer(method: string, path: string): Answer | undefined {
  const [pathname = ''] = path.split(/[?#]/, 1)
  const isOverview = pathname === overviewPath
  if (!isOverview && !pathname.startsWith(documentsPath)) return undefined
  if (method !== 'GET' && method !== 'HEAD') {
    return { status: 405, headers: ['Allow', 'GET, HEAD', ...ownAnswerHeaders], body: '' }
  }
  const made = pages.get(pathname)
  if (made) return made
  const answer = isOverview ? overview() : document(pathname.slice(documentsPath.length))
  if (answer === undefined) return missing
  pages.set(pathname, answer)
  return answer
}

/** The index for tools, its links where this host serves what they lead to. */
function overview(): Answer | undefined {
  return textAnswer(readOverview()?.replaceAll('](docs/', `](${documentsPath}`))
}

function document(written: string): Answer | undefined {
  if (written.endsWith('.md')) return textAnswer(readDocument(written.slice(0, -'.md'.length)))
  const name = written === '' || written.endsWith('/') ? `${written}README` : written
  const markdown = readDocument(name)
  if (markdown === undefined) return undefined
  const { title, body } = renderMarkdown(markdown, (href) => placeOf(href, name))
  const all = html`${body}<p class="soft"><a href="${documentsPath}">All documents</a></p>`
  return pageAnswer(200, { title, body: all, wide: true })
}

const textHeaders = ['Content-Type', 'text/plain; charset=utf-8', ...ownAnswerHeaders]

function textAnswer(body: string | undefined): Answer | undefined {
  return body === undefined ? undefined : { status: 200, headers: textHeaders, body }
}

const missing = pageAnswer(404, {
  title: 'There is no such document',
  body: html`<p><a href="${documentsPath}">All documents</a></p>`,
})

/** Where a link within a document leads: another document, a place on the page, or a site; sources are not served. */
function placeOf(href: string, from: string): string | undefined {
  if (/^https?:/.test(href) || href.startsWith('#')) return href
  const url = URL.parse(href, `https://documents.invalid${documentsPath}${from}`)
  if (!url?.pathname.startsWith(documentsPath)) return undefined
  const name = url.pathname
    .slice(documentsPath.length)
    .replace(/\.md$/, '')
    .replace(/\/$/, '/README')
  return isDocument(name) ? `${documentsPath}${name}${url.hash}` : undefined
}
