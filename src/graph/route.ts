import type { z } from 'zod'
import type { Handler } from './call.ts'
import type { Area, Use } from './permissions.ts'
import { itemOptions, listOptions, type QueryOption } from './query.ts'

type Success = 200 | 201 | 202 | 204

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
  /** What it takes; a body that is read, if there is one, means nothing where it is unsaid. */
  readonly body?: z.ZodType
  /** What it answers: a resource, or where it takes `$top` each of the resources in the list. */
  readonly answer?: z.ZodType
  /** The type of the answer where it is not JSON but, for example, a stream of events that hold it. */
  readonly media?: string
  /** A PATCH that makes what its path names and is missing, where the caller prefers that: what it answers then, with 201. */
  readonly creates?: z.ZodType
  /** The status of a success. */
  readonly status: Success
  /** Units that it takes, where that is more than of others of its kind (throttle.ts). */
  readonly cost?: number
  /** Where each of what it answers can be read singly: there is a `…/$ref` of it, too (references.ts). */
  readonly refersTo?: string
  /** Owners of the application that the path names may use it, and of a list see their own (ownership.ts). */
  readonly forOwners?: true
  /** The answer holds what nobody can ask for again, such as a secret. */
  readonly toldOnce?: true
  /** It may take long: answered in a thread of its own, where there is one (apart.ts). */
  readonly apart?: true
  /** It takes bodies larger than others. */
  readonly largeBody?: LargeBody
}

/** A body that is paid for by its length. */
export interface LargeBody {
  readonly maxBytes: number
  readonly unitsPerKib: number
  /** Whoever may do everything can do worse. */
  readonly freeForAll?: 'who may do everything'
}

/** What a row says besides its method, path and handler. */
export type Facts = Pick<
  Route,
  | ('area' | 'use' | 'options' | 'versions' | 'toldOnce' | 'media' | 'cost' | 'refersTo')
  | ('forOwners' | 'creates')
  | ('apart' | 'largeBody')
>

export const list = { options: listOptions } as const
export const item = { options: itemOptions } as const
/** A list of what is somewhere else by itself. */
export const objects = { ...list, refersTo: 'directoryObjects' } as const
export const beta = { versions: 'beta' } as const
export const owned = { forOwners: true } as const
export const directory = { area: 'directory' } as const
export const apps = { area: 'application' } as const
export const assignments = { area: 'assignment' } as const

export const application = '/applications/:application'
export const principal = '/servicePrincipals/:principal'

/** Shapes of a POST; 201 where it answers something, else 204, if no status is said. */
interface PostShape {
  readonly body?: z.ZodType
  readonly answer?: z.ZodType
  readonly status?: Success
}

/** `answer` is the shape of the resource; of each of them where it is a list. */
export function get(path: string, handler: Handler, facts: Facts, answer?: z.ZodType): Route {
  return { method: 'GET', path, handler, ...facts, status: 200, ...(answer && { answer }) }
}

export function post(path: string, handler: Handler, facts: Facts, shape: PostShape = {}): Route {
  const status = shape.answer ? 201 : 204
  return { method: 'POST', path, handler, status, ...facts, ...shape }
}

export function put(path: string, handler: Handler, facts: Facts, body?: z.ZodType): Route {
  return { method: 'PUT', path, handler, ...facts, status: 204, ...(body && { body }) }
}

/** 204, or 200 where it answers something. */
export function patch(
  path: string,
  handler: Handler,
  facts: Facts,
  body?: z.ZodType,
  answer?: z.ZodType,
): Route {
  const status = answer ? 200 : 204
  return {
    method: 'PATCH',
    path,
    handler,
    ...facts,
    status,
    ...(body && { body }),
    ...(answer && { answer }),
  }
}

export function remove(path: string, handler: Handler, facts: Facts): Route {
  return { method: 'DELETE', path, handler, ...facts, status: 204 }
}
