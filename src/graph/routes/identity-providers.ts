import * as identityProviders from '../identity-providers.ts'
import * as resource from '../resource/people.ts'
import { beta, directory, get, item, list, patch, post, type Route, remove } from '../route.ts'
import { providerBody } from '../shape/identity-provider.ts'

const providers = '/identity/identityProviders'
const provider = `${providers}/:provider`

/** Where people sign in. */
export const identityProviderRoutes: readonly Route[] = [
  get(
    providers,
    identityProviders.listProviders,
    { ...directory, ...beta, ...list },
    resource.identityProvider,
  ),
  post(
    providers,
    identityProviders.createProvider,
    { ...directory, ...beta },
    { body: providerBody, answer: resource.newIdentityProvider },
  ),
  get(
    provider,
    identityProviders.getProvider,
    { ...directory, ...beta, ...item },
    resource.identityProvider,
  ),
  patch(provider, identityProviders.patchProvider, { ...directory, ...beta }, providerBody),
  remove(provider, identityProviders.deleteProvider, { ...directory, ...beta }),
  get(
    `${provider}/health`,
    identityProviders.getProviderHealth,
    { ...directory, ...beta },
    resource.identityProviderHealth,
  ),
  post(`${provider}/rotateClientKey`, identityProviders.rotateClientKey, {
    ...directory,
    ...beta,
  }),
]
