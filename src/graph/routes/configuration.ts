import { applyConfiguration, diffConfiguration, getConfiguration } from '../configuration.ts'
import * as resource from '../resource/configuration.ts'
import { get, post, type Route } from '../route.ts'
import { wholeCost } from '../throttle.ts'

const whole = { area: 'configuration', versions: 'beta', cost: wholeCost } as const
const body = resource.configurationRequest

/** The whole configuration as one document. */
export const configurationRoutes: readonly Route[] = [
  get(
    '/configuration',
    getConfiguration,
    { ...whole, options: ['include'] },
    resource.configuration,
  ),
  post(
    '/configuration/diff',
    diffConfiguration,
    { ...whole, use: 'read' },
    { body, answer: resource.configurationDiff, status: 200 },
  ),
  post('/configuration/apply', applyConfiguration, whole, {
    ...{ body, answer: resource.configurationApplied },
    status: 200,
  }),
]
