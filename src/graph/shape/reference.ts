import { z } from 'zod'
import type { Parsed } from '../../base/check.ts'
import { issueAt } from './body.ts'

const referenceBody = z.strictObject({ '@odata.id': z.string().max(2048) })

/**
 * The key in `{"@odata.id": "https://…/connectorGroups/{key}"}`, lower-case. The reference may be absolute or not,
 * with or without version, and in both key syntaxes: the published samples have them all. `names` are the
 * collections it may point into.
 */
export function parseReference(body: unknown, names: readonly string[]): Parsed<string> {
  const read = referenceBody.safeParse(body)
  if (!read.success) return wrong('must be an object with @odata.id only')
  const path = URL.parse(read.data['@odata.id'], 'https://reference.invalid/')?.pathname ?? ''
  const match = /\/([a-z]+)(?:\/|\((?:%27|')?)([0-9a-f-]{36})(?:(?:%27|')?\))?\/?$/i.exec(path)
  const [, name = '', key = ''] = match ?? []
  if (names.some((each) => each.toLowerCase() === name.toLowerCase())) {
    return { value: key.toLowerCase() }
  }
  return wrong(`must point to ${names.join(' or ')}/{id}`)
}

function wrong(message: string): Parsed<never> {
  return { issues: [issueAt('@odata.id', 'bad-reference', message)] }
}
