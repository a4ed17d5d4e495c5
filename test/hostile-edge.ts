import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { TestAuthority } from '../src/certificates/fixture-authority.ts'

/** Everything that a terminal obeys: colours, links, titles, C1 controls, other directions, and a line that looks like ours. */
export const spell =
  '\u001b[31m\u001b]8;;https://evil.example\u0007\u001b]0;title\u001b\\\u009b2J\u009d0;x\u009c\u0085\u0000\b\u007f\u202e\u2066\u061c\r\n\u2028✓ forged\tend'

/** Which words of an answer are spoilt: those that say nothing about what is what, names as well, or all. */
export type Malice = 'descriptions' | 'names' | 'everything'

export interface HostileEdge extends AsyncDisposable {
  readonly url: string
  readonly ca: string
  malice: Malice
}

/** Stands before a real edge, and lets through everything with words of its own in it. */
export async function startHostileEdge(port: number, ca: string): Promise<HostileEdge> {
  const authority = await TestAuthority.create()
  const { certificate, key } = await authority.issue(['localhost'])
  const edge = { malice: 'descriptions' as Malice }
  const server = createServer({ cert: certificate, key }, (incoming, outgoing) => {
    pass(incoming, outgoing).catch((error) => outgoing.destroy(error))
  })
  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const host = `localhost:${port}`
    const { method, url: path } = incoming
    const onward = request({
      host: 'localhost',
      port,
      path,
      method,
      ca,
      headers: { ...incoming.headers, host },
    })
    onward.end(await buffer(incoming))
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    const text = (await buffer(answer)).toString('utf8')
    const isJson = String(answer.headers['content-type']).includes('json') && text !== ''
    const body = isJson ? JSON.stringify(spoil(JSON.parse(text), '', edge.malice)) : text
    const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers
    outgoing.writeHead(answer.statusCode ?? 502, headers).end(body)
  }
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return Object.assign(edge, {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca: authority.pem,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

const keeping: Readonly<Record<Malice, RegExp>> = {
  descriptions:
    /^@odata|id$|name$|^(?:value|state|externalUrl|internalUrl|dnsNames|path|change|command)$|DateTime$|^definition$/i,
  names: /^@odata|id$/i,
  everything: /^@odata\.nextLink$/,
}

/** The value with the spell in each of its words, but those under a name that is kept. */
function spoil(value: unknown, name: string, malice: Malice): unknown {
  if (typeof value === 'string') return keeping[malice].test(name) ? value : `${value}${spell}`
  if (Array.isArray(value)) return value.map((each) => spoil(each, name, malice))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, spoil(part, key, malice)]),
  )
}
