import { applyConfiguration, diffConfiguration, getConfiguration } from '../configuration.ts'
import { get, post, type Route } from '../route.ts'

const whole = { area: 'configuration', versions: 'beta' } as const

/** The whole configuration as one document. */
export const configurationRoutes: readonly Route[] = [
  get('/configuration', getConfiguration, { ...whole, options: ['include'] }),
  post('/configuration/diff', diffConfiguration, { ...whole, use: 'read' }),
  post('/configuration/apply', applyConfiguration, whole),
]
