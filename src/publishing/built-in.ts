import type { Application } from './application.ts'
import { noIdentityHeaders } from './identity-header.ts'
import { noRegistration } from './registration.ts'

/** An application whose answers the edge gives itself. It is in no directory; policies name it by its app id. */
export interface BuiltIn {
  readonly id: string
  readonly appId: string
  readonly servicePrincipalId: string
  readonly displayName: string
}

/** Where administrators work; what policies of the original call `MicrosoftAdminPortals`. */
export const portal: BuiltIn = {
  id: '5a119057-0001-4000-8000-000000000001',
  appId: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
  servicePrincipalId: '5a119057-0002-4000-8000-000000000001',
  displayName: 'Sallyport Portal',
}

/** The page with everybody's applications; its app id is the original's. */
export const myApps: BuiltIn = {
  id: '5a119057-0001-4000-8000-000000000002',
  appId: '2793995e-0a7d-40d7-bd35-6968ba142197',
  servicePrincipalId: '5a119057-0002-4000-8000-000000000002',
  displayName: 'My Apps',
}

/** A host of the edge's own that is no application, as metrics, traces and the access log name it. */
export type OwnName = Pick<BuiltIn, 'id' | 'displayName'>

export const signIn: OwnName = { id: 'login', displayName: 'Sallyport sign-in' }
export const api: OwnName = { id: 'api', displayName: 'Sallyport API' }
export const connectorEntrance: OwnName = { id: 'connectors', displayName: 'Sallyport connectors' }

export const builtIns: readonly BuiltIn[] = [portal, myApps]

/** Whether the edge answers for it itself. */
export function isBuiltIn({ id }: Pick<Application, 'id'>): boolean {
  return builtIns.some((builtIn) => builtIn.id === id)
}

/**
 * A built-in application at its own host: published like any other, so that sign-in, sessions and policies are the same,
 * and open to whoever can sign in.
 */
export function publishBuiltIn(builtIn: BuiltIn, origin: string): Application {
  const url = `${origin}/`
  return {
    ...builtIn,
    createdAt: 0,
    identifierUris: [],
    redirectUris: [],
    homePageUrl: url,
    tags: [],
    assignmentRequired: false,
    connectorGroupId: undefined,
    registration: noRegistration,
    publishing: {
      externalUrl: url,
      // Nothing is forwarded; a link to it is already what people outside have.
      internalUrl: url,
      alternateUrl: undefined,
      preAuthentication: true,
      backendTimeout: 'default',
      translateHostHeader: false,
      translateLinksInBody: false,
      useAlternateUrl: false,
      validateBackendCertificate: true,
      backendHttp2: false,
      cookie: { httpOnly: true, secure: true, persistent: false },
      segments: [],
      corsRules: [],
      allowSiblingSegments: false,
      whenNoSegments: 'closed',
      responseHeaders: [],
      maintenance: false,
      preserveForms: false,
      injectSessionScript: false,
      sessionLifetimeSeconds: undefined,
      identityHeaders: noIdentityHeaders,
      forwardAccessToken: false,
    },
  }
}
