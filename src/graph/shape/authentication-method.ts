import { z } from 'zod'
import type { PersonAuthenticators, TemporaryPass } from '../../identity/local/authenticators.ts'
import { checkPassword } from '../../identity/local/password.ts'
import type { Collection } from '../collection.ts'
import { propertiesOf } from '../resource/kinds.ts'
import { anyMethod, methods } from '../resource/people.ts'
import { lenientNumber } from './body.ts'

/** One way of a person to prove who they are, as Graph writes it, and when it came about. */
export interface Method {
  readonly kind: 'password' | 'fido2' | 'softwareOath' | 'temporaryAccessPass'
  /** As it stands in paths, in lower case. */
  readonly key: string
  readonly body: Readonly<Record<string, unknown>>
}

/** The id that every password has in the original. */
export const passwordMethodId = '28c10230-6103-485e-b985-444c60001490'

/** The type that says what a method is in a mixed list. */
const types = {
  password: '#microsoft.graph.passwordAuthenticationMethod',
  fido2: '#microsoft.graph.fido2AuthenticationMethod',
  softwareOath: '#microsoft.graph.softwareOathAuthenticationMethod',
  temporaryAccessPass: '#microsoft.graph.temporaryAccessPassAuthenticationMethod',
} as const

/** All ways of a person, in Graph's shape. Secrets are never among them: the original writes null, too. */
export function toMethods(has: PersonAuthenticators, now: number): readonly Method[] {
  const { passwordChangedAt, codeApp, temporaryPass } = has
  const password = { id: passwordMethodId, createdDateTime: dateTime(passwordChangedAt ?? 0) }
  return [
    ...(passwordChangedAt === undefined
      ? []
      : [methodOf('password', passwordMethodId, { ...password, password: null })]),
    ...has.passkeys.map(({ id, name, createdAt }) =>
      methodOf('fido2', id, {
        id,
        displayName: name,
        createdDateTime: dateTime(createdAt),
        attestationLevel: 'notAttested',
      }),
    ),
    ...(codeApp ? [methodOf('softwareOath', codeApp.id, { id: codeApp.id, secretKey: null })] : []),
    ...(temporaryPass ? [toPassMethod(temporaryPass, now, null)] : []),
  ]
}

/** A temporary pass; `code` is written only in the answer that made it. */
export function toPassMethod(pass: TemporaryPass, now: number, code: string | null): Method {
  const { id, createdAt, startsAt, expiresAt, usableOnce, usedAt } = pass
  const usability = usabilityOf(pass, now)
  return methodOf('temporaryAccessPass', id, {
    id,
    temporaryAccessPass: code,
    createdDateTime: dateTime(createdAt),
    startDateTime: dateTime(startsAt),
    lifetimeInMinutes: Math.round((expiresAt - startsAt) / 60_000),
    isUsableOnce: usableOnce,
    isUsable: usability === 'EnabledByPolicy',
    methodUsabilityReason: usability,
    ...(usedAt === undefined ? {} : { lastUsedDateTime: dateTime(usedAt) }),
  })
}

function usabilityOf({ startsAt, expiresAt, usableOnce, usedAt }: TemporaryPass, now: number) {
  if (now < startsAt) return 'NotYetValid'
  if (now >= expiresAt) return 'Expired'
  return usableOnce && usedAt !== undefined ? 'OneTimeUsed' : 'EnabledByPolicy'
}

function methodOf(kind: Method['kind'], id: string, body: Method['body']): Method {
  return { kind, key: id.toLowerCase(), body }
}

function dateTime(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/** Methods of one kind, or of all kinds, where each says which it is. */
export function methodCollection(kind: Method['kind'] | 'all'): Collection<Method> {
  return {
    context:
      kind === 'all' ? 'users/authentication/methods' : `users/authentication/${kind}Methods`,
    properties: propertiesOf(kind === 'all' ? anyMethod : methods[kind]),
    fields: { id: ({ body }) => String(body['id']) },
    write: ({ kind: of, body }) => ({
      ...(kind === 'all' ? { '@odata.type': types[of] } : {}),
      ...body,
    }),
  }
}

const newPassword = z.string().superRefine((text, context) => {
  for (const { message } of checkPassword(text)) context.addIssue({ code: 'custom', message })
})

/** What `…/resetPassword` takes; without a password one is made and given back. */
export const resetPasswordBody = z.strictObject({
  newPassword: newPassword.nullish(),
  requireChangeOnNextSignIn: z.boolean().nullish(),
})

// The original's own bounds and default.
const passMinMinutes = 10
const passMaxMinutes = 30 * 24 * 60
const passDefaultMinutes = 60

/** What `POST …/temporaryAccessPassMethods` takes; an empty object will do. */
export const temporaryPassBody = z.strictObject({
  lifetimeInMinutes: lenientNumber
    .refine(
      (minutes) =>
        Number.isInteger(minutes) && minutes >= passMinMinutes && minutes <= passMaxMinutes,
      `must be whole minutes from ${passMinMinutes} to ${passMaxMinutes}`,
    )
    .default(passDefaultMinutes),
  isUsableOnce: z.boolean().default(false),
  startDateTime: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .nullish(),
})
