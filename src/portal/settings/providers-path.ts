/** Where identity providers stand in the API. */
export const providersPath = '/identity/identityProviders'
