import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/**
 * Ends a connection by a reset, so that its end cannot be taken for the end of what was sent on it. Node resets TCP alone,
 * and many clients take the end of TLS for a clean one, so under TLS it is the socket below that is reset.
 */
export function cut(socket: Socket): void {
  const below = socket instanceof TLSSocket ? carrierOf(socket) : socket
  if (below && !below.destroyed) below.resetAndDestroy()
  socket.destroy()
}

/** Node keeps it under a name that it does not document; without it the client sees an end without a farewell of TLS. */
function carrierOf(socket: object): Socket | undefined {
  const { _parent: parent } = socket as { readonly _parent?: unknown }
  return parent instanceof Socket ? parent : undefined
}
