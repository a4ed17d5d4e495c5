import type { Socket } from 'node:net'
import { createSecureContext, createServer, type SecureContext, type Server } from 'node:tls'
import type { Log } from '../base/log.ts'
import { createChallengeCertificate } from './certificate-request.ts'
import { parseClientHello } from './client-hello.ts'
import type { AcmeChallenge } from './stored.ts'

const challengeAlpn = 'acme-tls/1'
// As long as any handshake may take.
const helloTimeoutMs = 10_000

/**
 * Answers tls-alpn-01 challenges (RFC 8737) on the port that everybody uses. OpenSSL chooses the certificate before the
 * protocol, so it would show a challenge's certificate to people; hence, while a challenge is open and only then, the
 * first message of each connection is read beforehand.
 */
export class ChallengePort {
  readonly #server: Server
  readonly #contexts = new Map<string, Promise<SecureContext>>()
  #byHost: ReadonlyMap<string, AcmeChallenge> = new Map()
  #byToken: ReadonlyMap<string, AcmeChallenge> = new Map()

  constructor(log: Log) {
    this.#server = createServer(
      {
        ALPNProtocols: [challengeAlpn],
        minVersion: 'TLSv1.2',
        handshakeTimeout: helloTimeoutMs,
        SNICallback: (name, done) => {
          this.#contextFor(name.toLowerCase()).then(
            (context) => done(null, context),
            (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
          )
        },
      },
      (socket) => {
        // All that was asked for has been shown.
        socket.on('error', () => {})
        socket.end()
      },
    )
    this.#server.on('tlsClientError', (error, socket) => {
      log.debug({ error: error.message }, 'an ACME challenge was not taken')
      // Node only tells of a handshake that takes too long.
      socket.destroy()
    })
  }

  /** The challenges that are open now. */
  apply(challenges: readonly AcmeChallenge[]): void {
    this.#byHost = new Map(challenges.map((each) => [each.host, each]))
    this.#byToken = new Map(challenges.map((each) => [each.token, each]))
    const open = new Set(challenges.map(({ keyAuthorization }) => keyAuthorization))
    for (const key of this.#contexts.keys()) if (!open.has(key)) this.#contexts.delete(key)
  }

  /** What `/.well-known/acme-challenge/<token>` answers (RFC 8555 §8.3). */
  keyAuthorization(token: string): string | undefined {
    return this.#byToken.get(token)?.keyAuthorization
  }

  /** Calls `goOn` for a connection that is no challenge's, before anything of it is lost. */
  admit(socket: Socket, goOn: () => void): void {
    if (this.#byHost.size === 0) {
      goOn()
      return
    }
    let bytes = Buffer.alloc(0)
    const timer = setTimeout(() => socket.destroy(), helloTimeoutMs)
    const settle = () => {
      clearTimeout(timer)
      socket.off('readable', look).off('error', settle).off('close', settle)
    }
    const look = () => {
      const chunk: Buffer | null = socket.read()
      if (chunk === null) return
      bytes = Buffer.concat([bytes, chunk])
      const hello = parseClientHello(bytes)
      if (hello === 'more') return
      settle()
      socket.unshift(bytes)
      const isChallenge = hello !== 'unknown' && hello.protocols.includes(challengeAlpn)
      if (isChallenge) this.#server.emit('connection', socket)
      else goOn()
    }
    socket.on('readable', look).on('error', settle).on('close', settle)
  }

  #contextFor(host: string): Promise<SecureContext> {
    const challenge = this.#byHost.get(host)
    if (!challenge) return Promise.reject(new Error('no challenge is open for this name'))
    const { keyAuthorization } = challenge
    const known = this.#contexts.get(keyAuthorization)
    if (known) return known
    const made = createChallengeCertificate(host, keyAuthorization).then(createSecureContext)
    this.#contexts.set(keyAuthorization, made)
    return made
  }
}
