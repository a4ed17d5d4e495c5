import { createHash } from 'node:crypto'
import type { Answer } from './answer.ts'
import type { RawHeaders } from './headers.ts'

/** Markup that is safe to send: made by `html`, which escapes every value that is not markup itself. */
export interface Html {
  readonly markup: string
}

/** Tagged template: values are escaped for text and quoted attributes, `Html` values and lists of them are kept. */
export function html(
  strings: TemplateStringsArray,
  ...values: readonly (Html | readonly Html[] | string | number)[]
): Html {
  let markup = strings[0] ?? ''
  values.forEach((value, i) => {
    markup += toMarkup(value) + (strings[i + 1] ?? '')
  })
  return { markup }
}

function toMarkup(value: Html | readonly Html[] | string | number): string {
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  return 'markup' in value ? value.markup : value.map((part) => part.markup).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for HTML content and quoted attribute values. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string)
}

/** What a page of Sallyport's own consists of: one card, no outside resources. */
export interface PageParts {
  readonly title: string
  readonly body: Html
  /** More elements for `<head>`, e.g. a refresh for browsers without script. */
  readonly head?: Html
  /** Inline script at the end of the body, allowed by its hash. */
  readonly script?: string
  /** Data for the script: `JSON.parse(document.getElementById('data').textContent)`. */
  readonly data?: unknown
  /** Origins the script may call; none when absent. */
  readonly connectTo?: readonly string[]
  /** A form whose answer redirects to other hosts: Chromium applies form-action to the redirects as well. */
  readonly formLeavesHost?: boolean
  /** For lists: half as wide again. */
  readonly wide?: boolean
  /** Any page may show it in a frame: nothing can be done there that a click could be stolen for. */
  readonly mayBeFramed?: boolean
}

export interface Page {
  readonly html: string
  /** The Content-Security-Policy that belongs to it. */
  readonly csp: string
}

const style = `:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#f3f4f6;--card:#fff;--line:#d0d7de;
--accent:#0b5cad;--on-accent:#fff;--bad:#b42318}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4af;--paper:#0d1117;--card:#161b22;--line:#30363d;
--accent:#58a6ff;--on-accent:#0d1117;--bad:#ff8f85}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;grid-template-columns:minmax(0,1fr);place-items:center;padding:1rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:26rem;padding:clamp(1.25rem,6vw,2rem);background:var(--card);border:1px solid var(--line);border-radius:.75rem;
overflow-wrap:anywhere}
h1{margin:0 0 1rem;font-size:1.375rem;line-height:1.25}
p{margin:0 0 1rem}
a{color:var(--accent)}
small,.soft{color:var(--soft)}
.bad{color:var(--bad);font-weight:600}
label{display:block;margin:0 0 .25rem;font-weight:600}
input:not([type=hidden]){width:100%;margin:0 0 1rem;padding:.6rem .75rem;font:inherit;color:inherit;
background:transparent;border:1px solid var(--line);border-radius:.4rem}
button,.button{display:inline-block;text-align:center;padding:.6rem 1.25rem;font:inherit;font-weight:600;text-decoration:none;
color:var(--on-accent);background:var(--accent);border:0;border-radius:.4rem;cursor:pointer}
form button,.full{width:100%}
button.quiet,.button.quiet{color:var(--accent);background:transparent;box-shadow:inset 0 0 0 1px var(--line)}
button.link{width:auto;padding:.25rem 0;color:var(--accent);background:none;font-weight:400;text-decoration:underline}
main.wide{max-width:40rem}
main>:last-child{margin-bottom:0}
.row{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;justify-content:space-between;padding:.6rem 0;
border-top:1px solid var(--line)}
.row>:first-child{flex:1 1 14rem}
.row details{margin-top:.25rem}
.small{padding:.35rem .8rem;font-size:.9rem}
.row form button{width:auto}
.good{font-weight:600}
.end{margin:1.5rem 0 0}
form.other,details{margin-top:1rem}
summary{margin-bottom:.75rem;color:var(--accent);cursor:pointer}
h2{margin:1.5rem 0 .75rem;font-size:1.125rem}
ol,ul{margin:0 0 1rem;padding-left:1.25rem}
pre,.scroll{margin:0 0 1rem;overflow-x:auto}
pre{padding:.75rem;font-size:.85rem;border:1px solid var(--line);border-radius:.4rem}
table{border-collapse:collapse;font-size:.9rem}
td,th{padding:.35rem .6rem;text-align:left;vertical-align:top;border-top:1px solid var(--line);overflow-wrap:normal}
.picture{max-width:14rem;margin:.5rem 0}
.picture svg{display:block;width:100%;height:auto;border-radius:.4rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));gap:.75rem;padding:0;list-style:none}
.tiles a{display:flex;gap:.75rem;align-items:center;height:100%;padding:.75rem;color:inherit;font-weight:600;
text-decoration:none;border:1px solid var(--line);border-radius:.5rem}
.tiles a:hover{border-color:var(--accent)}
.tiles small{display:block;font-weight:400}
.letter{flex:none;width:2.5rem;line-height:2.5rem;text-align:center;color:var(--on-accent);background:var(--accent);
border-radius:.4rem;forced-color-adjust:none}
form.search{display:grid;grid-template-columns:1fr auto;gap:0 .75rem}
form.search label{grid-column:1/-1}
form.search button{width:auto;margin-bottom:1rem}
.codes{padding:0;list-style:none;columns:11rem}
.codes code{white-space:nowrap}
@media(forced-colors:active){button,.button{border:1px solid}}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}`

const styleSource = hashSource(style)

/** A whole page and its policy: nothing is loaded, framed or run but what is named here. */
export function renderPage(parts: PageParts): Page {
  const script = parts.script === undefined ? '' : `<script>${parts.script}</script>\n`
  return {
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${escapeHtml(parts.title)}</title>
${parts.head?.markup ?? ''}<style>${style}</style>
</head>
<body>
<main${parts.wide ? ' class="wide"' : ''}>
<h1>${escapeHtml(parts.title)}</h1>
${parts.body.markup}
</main>
${dataBlock(parts.data)}${script}</body>
</html>
`,
    csp: policyOf(parts),
  }
}

// A data block is never run, so no hash is needed; `<` could end the element early.
function dataBlock(data: unknown): string {
  if (data === undefined) return ''
  const json = JSON.stringify(data).replaceAll('<', '\\u003c')
  return `<script type="application/json" id="data">${json}</script>\n`
}

function policyOf(parts: PageParts): string {
  const directives = ["default-src 'none'", `style-src ${styleSource}`, 'img-src data:']
  if (parts.script !== undefined) directives.push(`script-src ${hashSource(parts.script)}`)
  if (parts.connectTo) directives.push(`connect-src ${connectSources(parts.connectTo)}`)
  if (!parts.formLeavesHost) directives.push("form-action 'self'")
  directives.push("base-uri 'none'")
  if (!parts.mayBeFramed) directives.push("frame-ancestors 'none'")
  return directives.join('; ')
}

// Many servers and proxies cap one header field at 8 KiB; a longer list is given as its scheme.
const connectSourcesMaxLength = 4096

function connectSources(origins: readonly string[]): string {
  const sources = origins.join(' ')
  if (sources.length <= connectSourcesMaxLength) return sources || "'none'"
  return 'https:'
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** Fields that every answer of Sallyport's own carries: never stored, never sniffed, never a referrer. */
export const ownAnswerHeaders: RawHeaders = [
  'Cache-Control',
  'no-store',
  'Referrer-Policy',
  'no-referrer',
  'X-Content-Type-Options',
  'nosniff',
]

/** A page as an answer, with the fields that belong to it; `headers` come on top. */
export function pageAnswer(status: number, parts: PageParts, headers: RawHeaders = []): Answer {
  const page = renderPage(parts)
  return {
    status,
    headers: [
      'Content-Type',
      'text/html; charset=utf-8',
      'Content-Security-Policy',
      page.csp,
      ...(parts.mayBeFramed ? [] : ['X-Frame-Options', 'DENY']),
      ...ownAnswerHeaders,
      ...headers,
    ],
    body: page.html,
  }
}
