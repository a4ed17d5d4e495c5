import { randomUUID } from 'node:crypto'
import { createCode } from '../identity/local/vault.ts'
import { type Call, key, noContent, type Reply, readBody, replyItem, replyPage } from './call.ts'
import { findUser, findUserToChange } from './people.ts'
import { badRequest, notFound } from './refusal.ts'
import {
  type Method,
  methodCollection,
  passwordMethodId,
  resetPasswordBody,
  temporaryPassBody,
  toMethods,
  toPassMethod,
} from './shape/authentication-method.ts'
import { parseBody } from './shape/body.ts'

/** GET /users/{id}/authentication/methods: all that a person can prove themselves by. */
export async function listMethods(call: Call): Promise<Reply> {
  return replyPage(call, methodCollection('all'), await methodsOf(call))
}

/** GET /users/{id}/authentication/methods/{id} */
export async function getMethod(call: Call): Promise<Reply> {
  return replyItem(call, methodCollection('all'), await findMethod(call))
}

/** GET …/passwordMethods, …/fido2Methods, …/softwareOathMethods, …/temporaryAccessPassMethods */
export function listMethodsOf(kind: Method['kind']) {
  return async (call: Call): Promise<Reply> =>
    replyPage(call, methodCollection(kind), (await methodsOf(call)).filter(isOf(kind)))
}

/** One of them. */
export function getMethodOf(kind: Method['kind']) {
  return async (call: Call): Promise<Reply> =>
    replyItem(call, methodCollection(kind), await findMethod(call, kind))
}

/** DELETE of a passkey, an app for codes or a temporary pass; a password is only changed. */
export function deleteMethodOf(kind: 'fido2' | 'softwareOath' | 'temporaryAccessPass') {
  return async (call: Call): Promise<Reply> => {
    const { id: personId } = await findUserToChange(call)
    const { body } = await findMethod(call, kind)
    const { authenticators } = call.directory
    const remove = {
      fido2: authenticators.removePasskey,
      softwareOath: authenticators.removeCodeApp,
      temporaryAccessPass: authenticators.removeTemporaryPass,
    }[kind]
    const id = String(body['id'])
    if (!(await remove(personId, id, call.change))) throw notFound(id)
    return noContent
  }
}

/**
 * POST …/{passwordMethod}/resetPassword: 202, with the new password when none was sent. The person is signed out
 * everywhere, and chooses another one at the next sign-in unless the caller says otherwise.
 */
export async function resetPassword(call: Call): Promise<Reply> {
  if (key(call, 'method') !== passwordMethodId) throw notFound(key(call, 'method'))
  const sent = await readBody(call, (body) => parseBody(resetPasswordBody, body))
  const { id } = await findUserToChange(call)
  const password = sent.newPassword ?? createCode()
  const mustChange = sent.requireChangeOnNextSignIn ?? true
  await call.directory.setPassword(id, password, call.change, mustChange)
  await call.directory.revokeSignIns(id, call.change)
  const context = `${call.metadataUrl}#microsoft.graph.passwordResetResponse`
  // Whoever sent one knows it.
  const newPassword = typeof sent.newPassword === 'string' ? null : password
  return { status: 202, body: { '@odata.context': context, newPassword } }
}

/** POST …/temporaryAccessPassMethods: 201 with the pass, which is written this once. It takes the place of the last. */
export async function createTemporaryPass(call: Call): Promise<Reply> {
  const sent = await readBody(call, (body) => parseBody(temporaryPassBody, body))
  const { id: personId } = await findUserToChange(call)
  const now = call.clock()
  const startsAt = sent.startDateTime ?? now
  const expiresAt = startsAt + sent.lifetimeInMinutes * 60_000
  if (expiresAt <= now) throw badRequest('The pass would have expired already.')
  const code = createCode()
  const { isUsableOnce: usableOnce } = sent
  const pass = {
    ...{ id: randomUUID(), createdAt: now, startsAt, expiresAt, usableOnce },
    usedAt: undefined,
  }
  const { authenticators } = call.directory
  await authenticators.setTemporaryPass(personId, pass, call.hashTemporaryPass(code), call.change)
  const made = toPassMethod(pass, now, code)
  return replyItem(call, methodCollection('temporaryAccessPass'), made, 201)
}

async function methodsOf(call: Call): Promise<readonly Method[]> {
  const { id } = await findUser(call)
  return toMethods(await call.directory.authenticators.of(id), call.clock())
}

// Paths come in lower case, so that ids are compared that way: a person has a few of them.
async function findMethod(call: Call, kind?: Method['kind']): Promise<Method> {
  const wanted = key(call, 'method')
  const found = (await methodsOf(call)).find(
    (method) => method.key === wanted && (kind === undefined || method.kind === kind),
  )
  if (!found) throw notFound(wanted)
  return found
}

function isOf(kind: Method['kind']) {
  return (method: Method) => method.kind === kind
}
