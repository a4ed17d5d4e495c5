import * as identityProviders from '../identity-providers.ts'
import { beta, directory, get, item, list, patch, post, type Route, remove } from '../route.ts'

const providers = '/identity/identityproviders'
const provider = `${providers}/:provider`

/** Where people sign in. */
export const identityProviderRoutes: readonly Route[] = [
  get(providers, identityProviders.listProviders, { ...directory, ...beta, ...list }),
  post(providers, identityProviders.createProvider, { ...directory, ...beta }),
  get(provider, identityProviders.getProvider, { ...directory, ...beta, ...item }),
  patch(provider, identityProviders.patchProvider, { ...directory, ...beta }),
  remove(provider, identityProviders.deleteProvider, { ...directory, ...beta }),
  get(`${provider}/health`, identityProviders.getProviderHealth, { ...directory, ...beta }),
  post(`${provider}/rotateclientkey`, identityProviders.rotateClientKey, {
    ...directory,
    ...beta,
  }),
]
