import {
  applyConfiguration,
  diffConfiguration,
  documentBody,
  getConfiguration,
} from '../configuration.ts'
import * as resource from '../resource/configuration.ts'
import { get, post, type Route } from '../route.ts'
import { wholeCost } from '../throttle.ts'

const whole = { area: 'configuration', versions: 'beta', cost: wholeCost, apart: true } as const
const sent = { ...whole, largeBody: documentBody }
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
    { ...sent, use: 'read' },
    { body, answer: resource.configurationDiff, status: 200 },
  ),
  post('/configuration/apply', applyConfiguration, sent, {
    ...{ body, answer: resource.configurationApplied },
    status: 200,
  }),
]
