import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { Client } from '@microsoft/microsoft-graph-client'
import type { World } from './world.ts'

/** Microsoft's own client for Graph, pointed at the world's management API. This process trusts its authority from then on. */
export function createOfficialClient(world: Pick<World, 'ca' | 'graphUrl' | 'graphToken'>): Client {
  // The client calls the global fetch, which knows no other way to be told.
  setDefaultCACertificates([...getCACertificates(), world.ca])
  const { origin, hostname } = new URL(world.graphUrl)
  return Client.initWithMiddleware({
    authProvider: { getAccessToken: async () => world.graphToken },
    baseUrl: `${origin}/`,
    defaultVersion: 'beta',
    // To any other host it sends no Authorization, without a word.
    customHosts: new Set([hostname]),
  })
}
