import { failed } from '../base/check.ts'
import type { Application, Publishing } from './application.ts'
import type { PublishingInput } from './input.ts'
import { noRegistration } from './registration.ts'
import { parsePublishing } from './validate.ts'

/** For tests: ids that count up. */
export function countingIds(): () => string {
  let count = 0
  return () => `id-${++count}`
}

/** For tests: the publishing of a valid input. Throws when it is not valid. */
export function samplePublishing(input: PublishingInput, current?: Publishing): Publishing {
  const parsed = parsePublishing(input, current, countingIds())
  if (failed(parsed)) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

/** For tests: an application called `id`, published as `input` says. */
export function sampleApplication(id: string, input: PublishingInput): Application {
  return {
    id,
    appId: `app-${id}`,
    servicePrincipalId: `principal-${id}`,
    displayName: id,
    createdAt: 0,
    identifierUris: [],
    redirectUris: [],
    homePageUrl: undefined,
    tags: [],
    assignmentRequired: true,
    connectorGroupId: undefined,
    registration: noRegistration,
    publishing: samplePublishing(input),
  }
}
