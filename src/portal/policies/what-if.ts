/** An imagined sign-in; what is empty is not said. */
export interface WhatIf {
  readonly userId: string
  readonly appId: string
  readonly ipAddress: string
  readonly country: string
  readonly platform: string
  readonly client: string
}

/** The question as the API takes it. */
export function questionOf({ userId, appId, ipAddress, country, platform, client }: WhatIf) {
  const said = { ipAddress, country, devicePlatform: platform, clientAppType: client }
  const conditions = Object.entries(said).filter(([, value]) => value !== '')
  return {
    signInIdentity: { '@odata.type': '#microsoft.graph.userSignIn', userId },
    signInContext: {
      '@odata.type': '#microsoft.graph.applicationContext',
      includeApplications: [appId],
    },
    signInConditions: Object.fromEntries(conditions),
  }
}
