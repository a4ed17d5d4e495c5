/** The certificate that a host name is shown, told by a name of its own; undefined: none, the handshake is refused. */
export type CertificateOf = (host: string) => string | undefined

/**
 * Whether a request for `host` came on a connection that was opened for another certificate (RFC 9110 §7.4): whatever was
 * agreed on in that handshake was agreed on with another host. A client that named no server is believed. [P11]
 */
export function isMisdirected(
  certificateOf: CertificateOf,
  serverName: string | undefined,
  host: string,
): boolean {
  if (serverName === undefined || serverName === host) return false
  return certificateOf(serverName.toLowerCase()) !== certificateOf(host)
}

/** The server name that a socket's TLS handshake asked for; undefined where there was none. */
export function serverNameOf(socket: object): string | undefined {
  // Node has null or false for none. `in` does not see through the socket that an HTTP/2 session shows.
  const { servername } = socket as { readonly servername?: string | false | null }
  return servername || undefined
}
