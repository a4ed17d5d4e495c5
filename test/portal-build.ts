import assert from 'node:assert/strict'

// Plain JavaScript, like everything that runs before the dependencies are there; these are its types.
interface PortalModule {
  isPortalBuilt(root: string): boolean
  /** What the builder complained about. */
  buildPortal(root: string): Promise<string | undefined>
}

/** The builder of the portal. */
export const portalBuilder: PortalModule = await import(
  new URL('../scripts/portal.mjs', import.meta.url).href
)

/** Builds the portal where its sources are newer than the build; nothing to do after `npm test` has set up. */
export async function ensurePortal(): Promise<void> {
  if (!portalBuilder.isPortalBuilt('.')) {
    assert.equal(await portalBuilder.buildPortal('.'), undefined)
  }
}
