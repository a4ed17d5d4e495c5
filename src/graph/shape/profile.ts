import { z } from 'zod'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { publishingProfile } from '../resource/publishing.ts'
import { readOnly } from './body.ts'

/** The one profile there is, always on. */
export const applicationProxy = { id: 'applicationProxy', isEnabled: true } as const

export const profileCollection: Collection<typeof applicationProxy> = {
  context: 'onPremisesPublishingProfiles',
  properties: propertiesOf(publishingProfile),
  fields: { id: ({ id }) => id, isEnabled: ({ isEnabled }) => isEnabled },
  write: (profile) => ({ ...profile }),
}

/** What `PATCH …/applicationProxy` takes: what it says already. Connectors are not updated by the edge. */
export const profileBody = z.strictObject({
  id: readOnly,
  isEnabled: z.literal(true, 'must be true: an edge without it would be none').optional(),
  isDefaultAccessEnabled: z.literal(false, 'is not supported').nullish(),
  hybridAgentUpdaterConfiguration: z
    .null('is not supported: packages update connectors')
    .optional(),
})
