import type { Log } from '../base/log.ts'
import type { Directory } from '../directory/directory.ts'
import type { LocalCa } from '../edge/local-ca.ts'
import { LinkHub } from '../tunnel/edge-end.ts'
import { GuessLimit } from '../tunnel/guess-limit.ts'
import type { TunnelLimits } from '../tunnel/limits.ts'
import type { WorkerChannel } from './worker-channel.ts'

/** The edge's end of all tunnels, with the directory as the list of connectors it knows. */
export function createHub(
  directory: Directory,
  ca: LocalCa,
  limits: TunnelLimits,
  log: Log,
  channel: WorkerChannel | undefined,
): LinkHub {
  const tellOthers = () => {
    const ids = hub.connected.map(({ connectorId }) => connectorId)
    channel?.announce({ kind: 'connectors', ids })
  }
  const hub = new LinkHub({
    publicKeyOf: async (connectorId) => (await directory.connector(connectorId))?.publicKey,
    enrol: (secret, facts) => directory.enrolConnector(secret, facts),
    caPem: ca.pem,
    limits,
    log,
    ...(channel && { place: channel.place, guesses: shareGuesses(channel) }),
    onConnected(connectorId, facts) {
      tellOthers()
      log.info({ connectorId, ...facts }, 'connector connected')
      directory.noteConnector(connectorId, facts).catch((error: unknown) => {
        log.warn({ connectorId, error }, 'the facts of a connector could not be kept')
      })
    },
    onDisconnected(connectorId) {
      tellOthers()
      log.warn({ connectorId }, 'connector disconnected')
      directory.noteDeparture(connectorId).catch((error: unknown) => {
        log.warn({ connectorId, error }, 'when a connector was last seen could not be kept')
      })
    },
  })
  return hub
}

/** Ten guesses are ten, whichever workers they come to. [K1] */
function shareGuesses(channel: WorkerChannel): GuessLimit {
  const guesses = new GuessLimit((network) => channel.announce({ kind: 'guessed', network }))
  channel.onGuessed((network) => guesses.learn(network, performance.now()))
  return guesses
}
