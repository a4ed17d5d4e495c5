import { z } from 'zod'
import { type Drafted, failed, type Issue, type Parsed } from '../../base/check.ts'

/** What a body says as far as it can be read, and what is wrong with the rest. */
export interface Reading<Value> {
  /** Undefined when nothing of it can be used. */
  readonly value: Value | undefined
  readonly issues: readonly Issue[]
}

/** What was parsed, or its draft, as what was read. */
export function readingOf<Value>(drafted: Drafted<Value>): Reading<Value> {
  if (failed(drafted)) return { value: drafted.draft, issues: drafted.issues }
  return { value: drafted.value, issues: [] }
}

/** An issue at one place of the body; `path` as the caller wrote it, without leading slash. */
export function issueAt(path: string, code: string, message: string): Issue {
  return { path, code, message }
}

/** All that is wrong: what was cut out could not be read, and is not to be complained about once more as missing. [G4] */
export function withMeaning(form: readonly Issue[], meaning: readonly Issue[]): readonly Issue[] {
  const isSaid = ({ path, code }: Issue) =>
    form.some(
      (known) =>
        path === known.path ||
        path.startsWith(`${known.path}/`) ||
        // A list is cut out for one member of it that cannot be read.
        (code === 'required' && known.path.startsWith(`${path}/`)),
    )
  return [...form, ...meaning.filter((issue) => !isSaid(issue))]
}

/** How bodies are read: what zod would say of a wrong value, in our words. */
const reading: z.core.ParseContext<z.core.$ZodIssue> = {
  reportInput: true,
  error: (issue) => {
    if (issue.code === 'invalid_type')
      return `must be ${typeNames[issue.expected] ?? issue.expected}`
    return issue.code === 'invalid_value' ? `must be ${issue.values.join(' or ')}` : undefined
  },
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

/** The body as `schema` wants it, or every issue with its place. */
export function parseBody<Value>(schema: z.ZodType<Value>, body: unknown): Parsed<Value> {
  const read = schema.safeParse(withoutAnnotations(body), reading)
  return read.success ? { value: read.data } : { issues: read.error.issues.flatMap(toIssues) }
}

/**
 * Like parseBody, but what cannot be read is cut out so that the rest can be examined too: whoever has two mistakes
 * should hear of both at once. [G4]
 */
export function readBodyParts<Value>(schema: z.ZodType<Value>, body: unknown): Reading<Value> {
  const parts = structuredClone(withoutAnnotations(body))
  const read = schema.safeParse(parts, reading)
  if (read.success) return { value: read.data, issues: [] }
  const { issues } = read.error
  if (issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys')) {
    for (const issue of issues) cutOut(parts, issue)
  }
  return { value: readRepaired(schema, parts), issues: issues.flatMap(toIssues) }
}

/**
 * The same for something new: where it cannot be read as `schema` wants it, what there is of it is read as a change of one
 * would be, of which everything may be left out. [G4]
 */
export function readNewParts<Part, New extends Part>(
  schema: z.ZodType<New>,
  change: z.ZodType<Part>,
  body: unknown,
): Reading<Part> {
  const read = schema.safeParse(withoutAnnotations(body), reading)
  if (read.success) return { value: read.data, issues: [] }
  const { value } = readBodyParts(change, body)
  return { value, issues: read.error.issues.flatMap(toIssues) }
}

// What is cut out of one member of a list may be needed to read the others: it is filled in, and filled in again within that.
const maxRepairs = 3

function readRepaired<Value>(schema: z.ZodType<Value>, parts: unknown): Value | undefined {
  for (let repairs = 0; repairs <= maxRepairs; repairs++) {
    const read = schema.safeParse(parts)
    if (read.success) return read.data
    for (const issue of read.error.issues) fillIn(parts, issue)
  }
  return undefined
}

const fillers: Readonly<Record<string, unknown>> = { string: '', number: 0, boolean: false }

/** Something of the right form in place of what is missing; what is then said about it has been said already. */
function fillIn(parts: unknown, issue: z.core.$ZodIssue): void {
  const name = issue.path.at(-1)
  const at = issue.path.slice(0, -1).reduce<unknown>(memberOf, parts)
  if (name === undefined || typeof at !== 'object' || at === null || Array.isArray(at)) return
  // The last choice is the one that asks least of what stands beside it.
  if (issue.code === 'invalid_value') Object.assign(at, { [name]: issue.values.at(-1) })
  // A rule of our own that wants something more wants a text.
  if (issue.code === 'custom') Object.assign(at, { [name]: fillers['string'] })
  if (issue.code === 'invalid_type') Object.assign(at, { [name]: fillers[issue.expected] })
}

function memberOf(from: unknown, name: PropertyKey): unknown {
  const isObject = typeof from === 'object' && from !== null
  return isObject ? (from as Record<PropertyKey, unknown>)[name] : undefined
}

// OData: clients may annotate what they send; annotations are no properties (OData JSON format §4.5).
const annotation = /^@(?:odata|microsoft\.graph)\.|@odata\.(?:type|context)$/

function withoutAnnotations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnnotations)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !annotation.test(name))
      .map(([name, part]) => [name, withoutAnnotations(part)]),
  )
}

function cutOut(parts: unknown, issue: z.core.$ZodIssue): void {
  if (issue.code === 'unrecognized_keys') {
    for (const name of issue.keys) remove(parts, [...issue.path, name])
  } else {
    remove(parts, issue.path)
  }
}

// Members are cut out of objects only: without an element a list would say something else.
function remove(parts: unknown, path: readonly PropertyKey[]): void {
  let last: { from: Record<PropertyKey, unknown>; name: PropertyKey } | undefined
  let at: unknown = parts
  for (const name of path) {
    if (typeof at !== 'object' || at === null) break
    if (!Array.isArray(at)) last = { from: at as Record<PropertyKey, unknown>, name }
    at = (at as Record<PropertyKey, unknown>)[name]
  }
  if (last) delete last.from[last.name]
}

function codeOf(issue: z.core.$ZodIssue): string {
  const said = issue.code === 'custom' ? issue.params?.['code'] : undefined
  return typeof said === 'string' ? said : (codes[issue.code] ?? issue.code.replaceAll('_', '-'))
}

// Rules of our own have no code in zod.
const codes: Partial<Record<z.core.$ZodIssue['code'], string>> = { custom: 'invalid-value' }

function toIssues(issue: z.core.$ZodIssue): Issue[] {
  const path = issue.path.join('/')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) =>
      issueAt(
        path === '' ? name : `${path}/${name}`,
        'unknown-property',
        'is not a known property',
      ),
    )
  }
  const isMissing = issue.code === 'invalid_type' && issue.input === undefined
  return isMissing
    ? [issueAt(path, 'required', 'is required')]
    : [issueAt(path, codeOf(issue), issue.message)]
}

const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** A GUID in any case; kept in lower case. */
export const guid = z
  .string()
  .regex(guidPattern, 'must be a GUID')
  .transform((text) => text.toLowerCase())

/** A list of strings; one string stands for a list of one, as in the published samples. null empties it. */
export const stringList = z
  .preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(z.string()))
  .nullish()
  .transform((value) => (value === null ? [] : value))

/** A number; digits in a string are one too, as in the published samples. */
export const lenientNumber = z.preprocess(
  (value) => (typeof value === 'string' && /^-?[0-9]{1,15}$/.test(value) ? Number(value) : value),
  z.number(),
)

/** A property that may be left out; null puts it back to its default. */
export function withDefault<Value>(schema: z.ZodType<Value>, ifNull: Value) {
  return schema.nullish().transform((value) => (value === null ? ifNull : value))
}

/** A name for people: not empty, and of the length the original takes. */
export function nameOf(maxLength: number) {
  return z.string().trim().min(1, 'must not be empty').max(maxLength)
}

// Long enough for a path within a repository, which is what scripts make of it.
const maxUniqueNameLength = 256
/** Another key of an application or a group, which it has from the beginning or never. */
export const uniqueNameBody = nameOf(maxUniqueNameLength).optional()

/** Read-only properties are ignored in an update, as OData wants it (OData 4.01 protocol §11.4.3). */
export const readOnly = z.unknown().optional()
