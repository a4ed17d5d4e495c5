import { randomBytes, randomUUID } from 'node:crypto'
import { hashSecret } from '../identity/provider/client-secret.ts'
import type { Application } from '../publishing/application.ts'
import type { ClientSecret } from '../publishing/registration.ts'
import { changeApplication, findApplication } from './applications.ts'
import { type Call, noContent, type Reply, readBody } from './call.ts'
import { invalid, notFound } from './refusal.ts'
import { issueAt, parseBody } from './shape/body.ts'
import { addPasswordBody, removePasswordBody, toGraphSecret } from './shape/registration.ts'

// 256 bits; 43 characters of base64url.
const secretBytes = 32
const hintLength = 3
// Two years, as in the original when nothing is said.
const defaultLifetimeMs = 730 * 86_400_000
const maxSecrets = 20

/** POST /applications/{id}/addPassword: the answer is the only place where the secret ever stands. */
export async function addPassword(call: Call): Promise<Reply> {
  const { passwordCredential: wanted } = await readBody(call, (body) =>
    parseBody(addPasswordBody, body),
  )
  const { id } = await findApplication(call)
  const secretText = randomBytes(secretBytes).toString('base64url')
  const now = call.clock()
  const secret: ClientSecret = {
    kind: 'secret',
    keyId: randomUUID(),
    displayName: wanted?.displayName ?? undefined,
    hint: secretText.slice(0, hintLength),
    hash: hashSecret(secretText),
    startAt: wanted?.startDateTime ? Date.parse(wanted.startDateTime) : now,
    endAt: wanted?.endDateTime ? Date.parse(wanted.endDateTime) : now + defaultLifetimeMs,
  }
  if (secret.endAt <= secret.startAt) {
    const path = 'passwordCredential/endDateTime'
    throw invalid([issueAt(path, 'too-early', 'must be after startDateTime')])
  }
  await changeApplication(call, id, (current) => ({
    application: { value: withSecret(current, secret) },
  }))
  return {
    status: 200,
    body: {
      '@odata.context': `${call.metadataUrl}#microsoft.graph.passwordCredential`,
      ...toGraphSecret(secret, secretText),
    },
  }
}

function withSecret(current: Application, secret: ClientSecret): Application {
  const { credentials } = current.registration
  if (credentials.filter(({ kind }) => kind === 'secret').length >= maxSecrets) {
    const message = `an application has at most ${maxSecrets} secrets; remove one first`
    throw invalid([issueAt('passwordCredential', 'too-many', message)])
  }
  return {
    ...current,
    registration: { ...current.registration, credentials: [...credentials, secret] },
  }
}

/** POST /applications/{id}/removePassword: 204. */
export async function removePassword(call: Call): Promise<Reply> {
  const { keyId } = await readBody(call, (body) => parseBody(removePasswordBody, body))
  const { id } = await findApplication(call)
  await changeApplication(call, id, (current) => {
    const { credentials } = current.registration
    const rest = credentials.filter((each) => each.kind !== 'secret' || each.keyId !== keyId)
    if (rest.length === credentials.length) throw notFound(keyId)
    return {
      application: {
        value: { ...current, registration: { ...current.registration, credentials: rest } },
      },
    }
  })
  return noContent
}
