import { type ComponentType, lazy } from 'react'
import { readApi } from '../api/client.ts'

/**
 * A part of a page that is loaded when it is first shown. Files come from behind the sign-in, too: where one does not
 * come because the session has ended, the person is asked to sign in again, and it is loaded then.
 */
export function lazyPart<Props>(load: () => Promise<ComponentType<Props>>) {
  const loadAgain = async (): Promise<ComponentType<Props>> => {
    await readApi('/me')
    return load()
  }
  return lazy(async () => ({ default: await load().catch(loadAgain) }))
}
