import type { Answer, PageRequest } from '../../http/answer.ts'
import type { GuardedApplication } from '../guarded.ts'

/** What is done at one path below `/.sallyport/`, by one method. */
export type Step = (app: GuardedApplication, request: PageRequest) => Promise<Answer>

/** Path, and what is done there by method. */
export type Steps = readonly (readonly [path: string, methods: Readonly<Record<string, Step>>])[]
