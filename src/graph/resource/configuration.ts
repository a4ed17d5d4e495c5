import { z } from 'zod'
import { sections } from '../configuration/document.ts'
import { text, textOrNull } from './kinds.ts'
import { fullChange } from './revisions.ts'

const part = z.array(z.looseObject({})).optional()

const document = z.strictObject({
  version: z.literal(1).optional(),
  ...Object.fromEntries(sections.map((section) => [section, part])),
})

/** The configuration as one document; of each part what docs/configuration-as-code.md says. */
export const configuration = z.strictObject(document.shape).meta({ id: 'configuration' })

/** What a document is sent with. */
export const configurationRequest = z.strictObject({
  document,
  prune: z.boolean().optional(),
  dryRun: z.boolean().optional(),
})

export const configurationDiff = z
  .looseObject({
    changes: z.array(fullChange),
    issues: z.array(z.looseObject({ path: text, code: text, message: text })),
  })
  .meta({ id: 'configurationDiff' })

export const configurationApplied = z
  .looseObject({ changes: z.array(fullChange), revisionId: textOrNull })
  .meta({ id: 'configurationApplied' })
