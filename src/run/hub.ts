import type { Log } from '../base/log.ts'
import type { Directory } from '../directory/directory.ts'
import type { LocalCa } from '../edge/local-ca.ts'
import { LinkHub } from '../tunnel/edge-end.ts'

/** The edge's end of all tunnels, with the directory as the list of connectors it knows. */
export function createHub(directory: Directory, ca: LocalCa, log: Log): LinkHub {
  return new LinkHub({
    publicKeyOf: async (connectorId) => (await directory.connector(connectorId))?.publicKey,
    enrol: (secret, facts) => directory.enrolConnector(secret, facts),
    caPem: ca.pem,
    log,
    onConnected(connectorId, facts) {
      log.info({ connectorId, ...facts }, 'connector connected')
      directory.noteConnector(connectorId, facts).catch((error: unknown) => {
        log.warn({ connectorId, error }, 'the facts of a connector could not be kept')
      })
    },
    onDisconnected(connectorId) {
      log.warn({ connectorId }, 'connector disconnected')
    },
  })
}
