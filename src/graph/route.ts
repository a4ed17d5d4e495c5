import type { Handler } from './call.ts'
import type { Area, Use } from './permissions.ts'
import { itemOptions, listOptions, type QueryOption } from './query.ts'

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** In canonical spelling (path.ts), keys as `:name`. */
  readonly path: string
  readonly handler: Handler
  readonly area: Area
  /** What the permission is asked for: to read for GET, else to write, if unsaid. */
  readonly use?: Use
  /** Query options it takes; none if unsaid. */
  readonly options?: readonly QueryOption[]
  /** The original has everything about publishing under `/beta` only. */
  readonly versions?: 'beta' | 'both'
  /** The answer holds what nobody can ask for again, such as a secret. */
  readonly toldOnce?: true
}

/** What a row says besides its method, path and handler. */
export type Facts = Pick<Route, 'area' | 'use' | 'options' | 'versions' | 'toldOnce'>

export const list = { options: listOptions } as const
export const item = { options: itemOptions } as const
export const beta = { versions: 'beta' } as const
export const directory = { area: 'directory' } as const
export const apps = { area: 'application' } as const
export const assignments = { area: 'assignment' } as const

export const application = '/applications/:application'
export const principal = '/serviceprincipals/:principal'

export function get(path: string, handler: Handler, facts: Facts): Route {
  return { method: 'GET', path, handler, ...facts }
}

export function post(path: string, handler: Handler, facts: Facts): Route {
  return { method: 'POST', path, handler, ...facts }
}

export function put(path: string, handler: Handler, facts: Facts): Route {
  return { method: 'PUT', path, handler, ...facts }
}

export function patch(path: string, handler: Handler, facts: Facts): Route {
  return { method: 'PATCH', path, handler, ...facts }
}

export function remove(path: string, handler: Handler, facts: Facts): Route {
  return { method: 'DELETE', path, handler, ...facts }
}
