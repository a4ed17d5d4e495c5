/** Header fields as they stood on the wire: name, value, name, value, … Order and repeats survive. */
export type RawHeaders = readonly string[]

/** The first value of a field, or undefined. `name` must be lower-case. */
export function fieldValue(headers: RawHeaders, name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) {
    if (isName(headers[i] as string, name)) return headers[i + 1]
  }
  return undefined
}

/** Every value of a field, in order. `name` must be lower-case. */
export function fieldValues(headers: RawHeaders, name: string): string[] {
  const values: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    if (isName(headers[i] as string, name)) values.push(headers[i + 1] as string)
  }
  return values
}

/** A copy without the fields for which `drop` says true; it gets the lower-case name and the value. */
export function withoutFields(
  headers: RawHeaders,
  drop: (name: string, value: string) => boolean,
): string[] {
  const kept: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    const value = headers[i + 1] as string
    if (!drop(name.toLowerCase(), value)) kept.push(name, value)
  }
  return kept
}

/** Comma-separated members of all fields of that name, without the white space around them (RFC 9110 §5.6.1). */
export function listMembers(values: readonly string[]): string[] {
  const members: string[] = []
  for (const value of values) {
    for (const member of value.split(',')) {
      const trimmed = trimOws(member)
      if (trimmed !== '') members.push(trimmed)
    }
  }
  return members
}

/** Without leading and trailing space and tab, and nothing else: `trim()` would also take U+00A0 (RFC 9110 §5.6.3). */
export function trimOws(value: string): string {
  // Not by a pattern: `[ \t]+$` takes quadratic time on a long run of spaces inside a value.
  let start = 0
  let end = value.length
  while (start < end && isOws(value.charCodeAt(start))) start++
  while (end > start && isOws(value.charCodeAt(end - 1))) end--
  return value.slice(start, end)
}

function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** A field name is a token (RFC 9110 §5.6.2). */
export const tokenPattern: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** A field value: no control bytes but tab, one byte a character (RFC 9110 §5.5). */
export const fieldValuePattern: RegExp = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * The same in an answer, where vertical tab and form feed pass as well: browsers take them for part of the value, and what
 * they may retain (RFC 9110 §5.5) is theirs to judge. Not in HTTP/2.
 */
export const answerValuePattern: RegExp = /^[\t\v\f\x20-\x7e\x80-\xff]*$/

function isName(written: string, lowerCase: string): boolean {
  return (
    written.length === lowerCase.length &&
    (written === lowerCase || written.toLowerCase() === lowerCase)
  )
}
