/** One form of a page, as a browser would send it untouched. */
export interface HtmlForm {
  readonly action: URL
  readonly method: 'GET' | 'POST'
  /** Successful controls with their initial values; buttons are left out until they are pressed. */
  readonly fields: URLSearchParams
  /** Names and values of its submit buttons. */
  readonly buttons: readonly { readonly name: string; readonly value: string }[]
}

/** The forms of an HTML page, in order. Good enough for the pages of this project, not for any page. */
export function parseForms(html: string, base: URL): HtmlForm[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(
    ([, head = '', body = '']) => {
      const attributes = parseAttributes(head)
      return {
        action: new URL(attributes.get('action') || base.href, base),
        method: attributes.get('method')?.toUpperCase() === 'POST' ? 'POST' : 'GET',
        ...parseControls(body),
      }
    },
  )
}

function parseControls(body: string): Pick<HtmlForm, 'fields' | 'buttons'> {
  const fields = new URLSearchParams()
  const buttons: { name: string; value: string }[] = []
  for (const [, tag = '', head = ''] of body.matchAll(/<(input|button|textarea)\b([^>]*)>/gi)) {
    const attributes = parseAttributes(head)
    const name = attributes.get('name') ?? ''
    const type = attributes.get('type')?.toLowerCase() ?? (tag === 'button' ? 'submit' : 'text')
    const value = attributes.get('value') ?? (type === 'checkbox' ? 'on' : '')
    if (type === 'submit') buttons.push({ name, value })
    else if (isSuccessful(type, attributes) && name !== '') fields.append(name, value)
  }
  return { fields, buttons }
}

function isSuccessful(type: string, attributes: ReadonlyMap<string, string>): boolean {
  if (attributes.has('disabled') || type === 'button' || type === 'reset') return false
  return (type !== 'checkbox' && type !== 'radio') || attributes.has('checked')
}

function parseAttributes(head: string): Map<string, string> {
  const attributes = new Map<string, string>()
  const pattern = /([^\s=/"'>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g
  for (const [, name = '', double, single, bare] of head.matchAll(pattern)) {
    attributes.set(name.toLowerCase(), decodeEntities(double ?? single ?? bare ?? ''))
  }
  return attributes
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' }

/** The text that HTML writes with character references: the named ones of XML, and numbers. */
export function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (written, name: string) => {
    if (/^#x/i.test(name)) return String.fromCodePoint(Number.parseInt(name.slice(2), 16))
    if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)))
    return entities[name.toLowerCase()] ?? written
  })
}
