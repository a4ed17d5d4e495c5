import { type Html, html } from '../http/page.ts'

/** The address that a link of a document leads to; undefined: nowhere from here, its text stays. */
export type ResolveLink = (href: string) => string | undefined

/** A document for a page: its title, and all below it. */
export interface RenderedDocument {
  readonly title: string
  readonly body: Html
}

/**
 * What the documents use of CommonMark and of GitHub's tables: headings, paragraphs, lists, fenced code, tables; code, strong,
 * emphasis and links within lines. Everything else is text, and no text becomes markup.
 */
export function renderMarkdown(markdown: string, resolve: ResolveLink): RenderedDocument {
  const lines = markdown.split('\n')
  const first = lines.findIndex((line) => line.startsWith('# '))
  const title = plain(lines[first]?.slice(2) ?? '')
  return { title, body: html`${renderBlocks(lines.slice(first + 1), resolve)}` }
}

function renderBlocks(lines: readonly string[], resolve: ResolveLink): readonly Html[] {
  const blocks: Html[] = []
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] as string
    const kind = kinds.find(({ begins }) => begins.test(line))
    if (line.trim() === '' || kind === undefined) {
      at++
      continue
    }
    const end = kind.endOf(lines, at)
    const block = kind.render(lines.slice(at, end), resolve)
    if (block) blocks.push(block)
    at = end
  }
  return blocks
}

interface BlockKind {
  readonly begins: RegExp
  /** The line behind it. */
  endOf(lines: readonly string[], at: number): number
  render(lines: readonly string[], resolve: ResolveLink): Html | undefined
}

const until = (stop: RegExp) => (lines: readonly string[], at: number) => {
  const end = lines.findIndex((line, i) => i > at && stop.test(line))
  return end === -1 ? lines.length : end
}
const headingPattern = /^(#{1,6}) (.*)$/
const itemPattern = /^\s*(?:[-*]|\d+\.) +/

const kinds: readonly BlockKind[] = [
  {
    begins: /^```/,
    endOf: (lines, at) => Math.min(lines.length, until(/^```/)(lines, at) + 1),
    // What is wider than a phone is scrolled by keyboard, too (WCAG 2.1.1).
    render: (lines) => html`<pre tabindex="0">${lines.slice(1, -1).join('\n')}</pre>
`,
  },
  { begins: headingPattern, endOf: (_lines, at) => at + 1, render: renderHeading },
  { begins: /^\|/, endOf: until(/^(?!\|)/), render: renderTable },
  { begins: itemPattern, endOf: until(/^(?:\s*$|#|```)/), render: renderList },
  {
    begins: /\S/,
    endOf: until(/^(?:\s*$|#{1,6} |```|\||[-*] )/),
    render: (lines, resolve) => html`<p>${renderInline(lines.join('\n'), resolve)}</p>
`,
  },
]

function renderHeading([line = '']: readonly string[], resolve: ResolveLink): Html {
  const [, marks = '', text = ''] = headingPattern.exec(line) ?? []
  const content = renderInline(text, resolve)
  const id = anchorOf(text)
  return marks.length > 2
    ? html`<h3 id="${id}">${content}</h3>
`
    : html`<h2 id="${id}">${content}</h2>
`
}

/** The anchor that GitHub gives to a heading. */
export function anchorOf(heading: string): string {
  return plain(heading)
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function renderList(lines: readonly string[], resolve: ResolveLink): Html {
  const items: string[] = []
  for (const line of lines) {
    if (itemPattern.test(line)) items.push(line.replace(itemPattern, ''))
    else items.push(`${items.pop() ?? ''}\n${line.trim()}`)
  }
  const content = items.map(
    (item) => html`<li>${renderInline(item, resolve)}</li>
`,
  )
  return /^\s*\d/.test(lines[0] ?? '') ? html`<ol>${content}</ol>` : html`<ul>${content}</ul>`
}

function renderTable(lines: readonly string[], resolve: ResolveLink): Html {
  const [head = [], , ...rows] = lines.map(cellsOf)
  const row = (cells: readonly string[]) =>
    html`<tr>${cells.map((cell) => html`<td>${renderInline(cell, resolve)}</td>`)}</tr>
`
  const titles = head.map((cell) => html`<th>${renderInline(cell, resolve)}</th>`)
  const isTitled = head.some((cell) => cell !== '')
  const header = isTitled ? html`<thead><tr>${titles}</tr></thead>` : html``
  return html`<div class="scroll" tabindex="0"><table>${header}<tbody>
${rows.map(row)}</tbody></table></div>
`
}

/** A bar within a cell is written `\|`, in code, too. */
function cellsOf(line: string): readonly string[] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '')
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))
}

// Each alternative is one thing within a line; what none of them takes is text.
const inlinePattern =
  /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[((?:`[^`]*`|[^\][])*)\]\(([^()\s]*)\)|<(https?:[^\s<>]+)>|\\([\\<>|*_`[\]])/g

function renderInline(text: string, resolve: ResolveLink): Html {
  const parts: Html[] = []
  let end = 0
  for (const match of text.matchAll(inlinePattern)) {
    const [whole, code, strong, emphasis, label, href, address, escaped] = match
    parts.push(html`${text.slice(end, match.index)}`)
    end = match.index + whole.length
    if (code !== undefined) parts.push(html`<code>${code}</code>`)
    else if (strong !== undefined) parts.push(html`<b>${renderInline(strong, resolve)}</b>`)
    else if (emphasis !== undefined) parts.push(html`<i>${renderInline(emphasis, resolve)}</i>`)
    else if (href !== undefined) parts.push(renderLink(label ?? '', href, resolve))
    else if (address !== undefined) parts.push(renderLink(address, address, resolve))
    else parts.push(html`${escaped ?? ''}`)
  }
  return html`${parts}${text.slice(end)}`
}

function renderLink(label: string, href: string, resolve: ResolveLink): Html {
  const target = resolve(href)
  const content = renderInline(label, () => undefined)
  return target === undefined ? content : html`<a href="${target}">${content}</a>`
}

/** A line without its markup. */
function plain(text: string): string {
  return text.replace(inlinePattern, (...found: readonly (string | undefined)[]) => {
    const [, code, strong, emphasis, label, , address, escaped] = found
    return code ?? strong ?? emphasis ?? label ?? address ?? escaped ?? ''
  })
}
