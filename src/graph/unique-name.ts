import { type Call, linkOf, type Reply } from './call.ts'
import { uniqueNameIn } from './path.ts'
import { appliedCreation, wantsCreation } from './preference.ts'
import { badRequest, Refusal } from './refusal.ts'
import { uniqueNameBody } from './shape/body.ts'

/**
 * The unique name that the path has and nothing here, where the caller prefers that it be made; else undefined. Throws a
 * Refusal (400) for what cannot be one.
 */
export async function missingName(
  call: Call,
  find: (call: Call) => Promise<unknown>,
): Promise<string | undefined> {
  const written = uniqueNameIn(new URL(call.request.url).pathname)
  if (written === undefined || !wantsCreation(call.request.headers)) return undefined
  const name = uniqueNameBody.safeParse(written).data
  if (name === undefined) throw badRequest('The unique name is empty or too long.')
  try {
    await find(call)
    return undefined
  } catch (thrown) {
    if (thrown instanceof Refusal && thrown.status === 404) return name
    throw thrown
  }
}

/** 201 with what was made because it was missing, and where it is by its id. */
export function replyCreated(
  call: Call,
  collection: 'applications' | 'groups',
  { body, headers, ...reply }: Reply,
): Reply {
  const { id } = body as { readonly id: string }
  const location = linkOf(call, `${collection}/${id}`)
  return { ...reply, body, headers: { ...headers, ...appliedCreation, location } }
}
