import { z } from 'zod'
import type { Parsed } from '../../base/check.ts'
import { issueAt } from './body.ts'

const maxLength = 2048
/** What `…/$ref` takes. */
export const referenceBody = z.strictObject({ '@odata.id': z.string().max(maxLength) })

/**
 * The key in `{"@odata.id": "https://…/connectorGroups/{key}"}`, lower-case. The reference may be absolute or not,
 * with or without version, and in both key syntaxes: the published samples have them all. `names` are the
 * collections it may point into.
 */
export function parseReference(body: unknown, names: readonly string[]): Parsed<string> {
  const read = referenceBody.safeParse(body)
  if (!read.success) return wrong('must be an object with @odata.id only')
  const key = keyIn(read.data['@odata.id'], names)
  return key === undefined ? wrong(mustPoint(names)) : { value: key }
}

/** The same where a reference is a string in a list, as in `members@odata.bind`. */
export function referenceIn(names: readonly string[]) {
  return z
    .string()
    .max(maxLength)
    .refine((text) => keyIn(text, names) !== undefined, mustPoint(names))
    .transform((text) => keyIn(text, names) ?? '')
}

function keyIn(reference: string, names: readonly string[]): string | undefined {
  const path = URL.parse(reference, 'https://reference.invalid/')?.pathname ?? ''
  const match = /\/([a-z]+)(?:\/|\((?:%27|')?)([0-9a-f-]{36})(?:(?:%27|')?\))?\/?$/i.exec(path)
  const [, name = '', key = ''] = match ?? []
  const isOne = names.some((each) => each.toLowerCase() === name.toLowerCase())
  return isOne ? key.toLowerCase() : undefined
}

function mustPoint(names: readonly string[]): string {
  return `must point to ${names.join(' or ')}/{id}`
}

function wrong(message: string): Parsed<never> {
  return { issues: [issueAt('@odata.id', 'bad-reference', message)] }
}
