import type { Api } from './api.ts'
import { exitCodes, Failure } from './failure.ts'
import { type Kind, resolve } from './kind.ts'
import { type Resource, textAt } from './resource.ts'

export const userKind: Kind = {
  noun: 'user',
  path: '/users',
  nameProperty: 'userPrincipalName',
  otherNames: (user) => [textAt(user, 'displayName'), textAt(user, 'mail')],
  listCommand: 'users list',
}

export const groupKind: Kind = {
  noun: 'group',
  path: '/groups',
  nameProperty: 'displayName',
  listCommand: 'groups list',
}

/** The person or the group that a word means. Throws a Failure when it means neither. */
export async function resolvePrincipal(api: Api, word: string): Promise<Resource> {
  try {
    return await resolve(api, userKind, word)
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown
    return await resolve(api, groupKind, word).catch((other: unknown) => {
      if (!isNotFound(other)) throw other
      throw new Failure({
        code: 'not-found',
        exitCode: exitCodes.failed,
        message: `There is neither a user nor a group called ${word}.`,
        details: [...(thrown.facts.details ?? []), ...(other.facts.details ?? [])],
        fix: 'sallyport users list',
      })
    })
  }
}

function isNotFound(thrown: unknown): thrown is Failure {
  return thrown instanceof Failure && thrown.facts.code === 'not-found'
}

/** The role that every application has: its people. */
const userRoleId = '18d14569-c3bd-439b-9a66-3a2aee01d14f'

/** The service principal of an application: people are assigned there. */
export function principalOf(api: Api, app: Resource): Promise<Resource> {
  return api.get(`/servicePrincipals(appId='${textAt(app, 'appId')}')`)
}

/** Lets a person or a group enter. */
export function assign(
  api: Api,
  servicePrincipalId: string,
  principal: Resource,
): Promise<Resource | undefined> {
  return api.change('POST', `/servicePrincipals/${servicePrincipalId}/appRoleAssignedTo`, {
    principalId: textAt(principal, 'id'),
    resourceId: servicePrincipalId,
    appRoleId: userRoleId,
  })
}

/** How sentences call a person or a group. */
export function principalName(principal: Resource): string {
  return textAt(principal, 'userPrincipalName') || textAt(principal, 'displayName')
}
