import type { CDPSession, Page } from 'playwright-core'

/** A device that keeps passkeys, as Chromium pretends to have one plugged in. */
export interface VirtualAuthenticator {
  /** Whether the person passes its fingerprint check from now on. */
  verifiesUser(verifies: boolean): Promise<void>
  /** How many passkeys it holds. */
  count(): Promise<number>
}

/** Gives the page's browser window such a device: discoverable keys, with a check of who is there. */
export async function addAuthenticator(page: Page): Promise<VirtualAuthenticator> {
  const session: CDPSession = await page.context().newCDPSession(page)
  await session.send('WebAuthn.enable')
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    verifiesUser: async (verifies) => {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: verifies })
    },
    count: async () =>
      (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
  }
}
