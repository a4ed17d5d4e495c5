import { type Document, type Scalar, type ToStringOptions, visit } from 'yaml'
import { unsafe } from './text.ts'

// Of the characters for private use, which nobody sends by chance; where somebody does, it is hidden as well.
const mark = '\uf8ff'

/**
 * The document as text in which nothing fools a terminal: the printer itself escapes C0 alone. Words that would are put into
 * double quotes, with escapes that every reader of YAML knows. The document is not what it was afterwards.
 */
export function printYaml(yaml: Document, options: ToStringOptions): string {
  visit(yaml, {
    Scalar(_, node) {
      if (typeof node.value === 'string') hide(node, node.value)
    },
  })
  const printed = yaml.toString({
    ...options,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  })
  return printed.replace(new RegExp(`${mark}([0-9a-f]{4})`, 'g'), '\\u$1')
}

function hide(node: Scalar, value: string): void {
  const hidden = value
    .replaceAll(mark, codeOf)
    .replace(unsafe, (sign) => (keeps.has(sign) ? sign : codeOf(sign)))
  if (hidden === value) return
  node.value = hidden
  node.type = 'QUOTE_DOUBLE'
}

// Every printer of YAML knows what to do with these.
const keeps: ReadonlySet<string> = new Set(['\t', '\n', '\r'])

function codeOf(sign: string): string {
  return `${mark}${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
}
