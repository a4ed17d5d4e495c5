import { NameTable } from './name-table.ts'

/** What the value of an attribute holds. */
export const valueKind = {
  nothing: 0,
  /** One URL. */
  url: 1,
  /** URLs with white space between them. */
  urls: 2,
  /** The URL that the document's paths are relative to. */
  base: 3,
  /** Image candidates (HTML §srcset-attributes). */
  candidates: 4,
  /** A refresh, or a whole absolute URL as in `og:image`. */
  meta: 5,
  /** Text that may be a whole absolute URL. */
  text: 6,
  /** CSS declarations. */
  style: 7,
  /** A whole document. */
  document: 8,
  /** The name of the document's character encoding. */
  charset: 9,
} as const

/** What becomes of the text up to an element's end tag (HTML §parsing-html-fragments). */
export type RawText = 'skipped' | 'script' | 'style' | 'markup' | 'endless'

const rawTexts: Readonly<Record<string, RawText>> = {
  title: 'skipped',
  textarea: 'skipped',
  xmp: 'skipped',
  iframe: 'skipped',
  noembed: 'skipped',
  noframes: 'skipped',
  script: 'script',
  style: 'style',
  // Text where scripts run, markup where they do not: links for people without script.
  noscript: 'markup',
  plaintext: 'endless',
}

// HTML §html-integration-point and §mathml-text-integration-point: inside them tags are HTML's again.
const svgIntegration = ['foreignobject', 'desc', 'title']
const mathIntegration = ['mi', 'mo', 'mn', 'ms', 'mtext', 'annotation-xml']

// HTML §parsing-main-inforeign: start tags that end SVG and MathML by themselves; `font` only does with some attributes.
const leavesForeign =
  'b big blockquote body br center code dd div dl dt em embed h h head hr i img li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var'.split(
    ' ',
  )

type Kinds = Readonly<Record<string, keyof typeof valueKind>>

// On whatever element: also on those a later standard or a script defines.
const everywhere: Kinds = {
  href: 'url',
  src: 'url',
  action: 'url',
  formaction: 'url',
  cite: 'url',
  background: 'url',
  poster: 'url',
  longdesc: 'url',
  codebase: 'url',
  lowsrc: 'url',
  dynsrc: 'url',
  'xlink:href': 'url',
  'data-src': 'url',
  'data-background': 'url',
  srcset: 'candidates',
  imagesrcset: 'candidates',
  'data-srcset': 'candidates',
  ping: 'urls',
  style: 'style',
}

// Names that mean something else on other elements. `input` and `menuitem` are on the original's list.
const onElement: Readonly<Record<string, Kinds>> = {
  base: { href: 'base' },
  head: { profile: 'urls' },
  html: { manifest: 'url' },
  iframe: { srcdoc: 'document' },
  input: { value: 'text' },
  menuitem: { icon: 'url' },
  meta: { content: 'meta', charset: 'charset' },
  object: { data: 'url', archive: 'urls', classid: 'url' },
  param: { value: 'text' },
}

const tagNames = [
  ...new Set([
    ...Object.keys(onElement),
    ...Object.keys(rawTexts),
    'svg',
    'math',
    ...svgIntegration,
    ...mathIntegration,
    ...leavesForeign,
  ]),
]
const attributeNames = [
  ...new Set([...Object.keys(everywhere), ...Object.values(onElement).flatMap(Object.keys)]),
]

export const tags: NameTable = new NameTable(tagNames)
export const attributes: NameTable = new NameTable(attributeNames)

/** The id of a tag that is in the table. */
export function tagId(name: string): number {
  return tagNames.indexOf(name) + 1
}

const kinds = new Uint8Array((tagNames.length + 1) * (attributeNames.length + 1))
for (const [id, tag] of ['', ...tagNames].entries()) {
  for (const [index, attribute] of attributeNames.entries()) {
    const kind = onElement[tag]?.[attribute] ?? everywhere[attribute] ?? 'nothing'
    kinds[id * (attributeNames.length + 1) + index + 1] = valueKind[kind]
  }
}

/** A `valueKind`, by the ids of tag and attribute; 0 stands for names that are not in the tables. */
export function kindOf(tag: number, attribute: number): number {
  return kinds[tag * (attributeNames.length + 1) + attribute] as number
}

const rawTextById = [undefined, ...tagNames.map((name) => rawTexts[name])]

/** What follows a start tag of HTML's own; undefined: ordinary content. */
export function rawTextOf(tag: number): RawText | undefined {
  return rawTextById[tag]
}

/** The name of a tag that is in the table. */
export function tagName(id: number): string {
  return tagNames[id - 1] as string
}

const idsOf = (names: readonly string[]): ReadonlySet<number> => new Set(names.map(tagId))

export const foreignLeavers: ReadonlySet<number> = idsOf(leavesForeign)
export const integrationPoints: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [tagId('svg'), idsOf(svgIntegration)],
  [tagId('math'), idsOf(mathIntegration)],
])
