import { type IncomingMessage, request } from 'node:http'
import { request as requestTls } from 'node:https'
import { lookupLocalhost } from './http-client.ts'

/** One server-sent event. */
export interface ServerEvent {
  readonly event: string
  readonly id: string | undefined
  /** Whatever JSON came; tests look into it and fail where it is not as they expect. */
  readonly data: ReturnType<typeof JSON.parse>
}

/** An event stream as its reader sees it (HTML §9.2). */
export class EventStream implements Disposable {
  readonly status: number
  readonly #response: IncomingMessage
  readonly #events: ServerEvent[] = []
  #waiting: (() => void) | undefined
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>

  private constructor(response: IncomingMessage) {
    this.#response = response
    this.status = response.statusCode ?? 0
    let text = ''
    response.setEncoding('utf8').on('data', (piece: string) => {
      const blocks = (text + piece).split('\n\n')
      text = blocks.pop() ?? ''
      this.#events.push(...blocks.flatMap(parseBlock))
      this.#waiting?.()
    })
    this.ended = new Promise((resolve) => response.once('close', resolve))
  }

  static open(
    url: string,
    headers: Readonly<Record<string, string>>,
    ca?: string,
  ): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      const start = url.startsWith('https:') ? requestTls : request
      const options = { headers, ca, agent: false, lookup: lookupLocalhost }
      const sent = start(url, options, (response) => resolve(new EventStream(response)))
      sent.once('error', reject).end()
    })
  }

  /** The next event that is wanted; those before it are forgotten. */
  async next(wanted: (event: ServerEvent) => boolean): Promise<ServerEvent> {
    for (;;) {
      const event = this.#events.shift()
      if (event && wanted(event)) return event
      if (!event) {
        await new Promise<void>((resolve) => {
          this.#waiting = resolve
        })
      }
    }
  }

  [Symbol.dispose](): void {
    this.#response.destroy()
  }
}

function parseBlock(block: string): ServerEvent[] {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trimStart())
  }
  const data = fields.get('data')
  if (data === undefined) return []
  return [{ event: fields.get('event') ?? '', id: fields.get('id'), data: JSON.parse(data) }]
}
