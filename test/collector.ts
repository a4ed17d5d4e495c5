import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

// Spans are sent every second; twenty are a lost trace.
const waitMs = 20_000

/** A span as OTLP in JSON writes it. */
export interface CollectedSpan {
  readonly service: string
  readonly name: string
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly status: { readonly code: number; readonly message?: string }
  readonly startMs: number
  readonly endMs: number
  readonly attributes: ReadonlyMap<string, unknown>
}

/** A small OpenTelemetry collector: takes OTLP/HTTP in JSON and keeps all of it. */
export class Collector implements AsyncDisposable {
  readonly #server = createServer((request, response) => {
    void this.#take(request).then(() => response.end('{}'))
  })
  readonly spans: CollectedSpan[] = []
  /** Everything that came, as it came. */
  said = ''
  readonly paths = new Set<string>()
  #look: () => void = () => {}

  static async start(): Promise<Collector> {
    const collector = new Collector()
    collector.#server.listen(0, '127.0.0.1')
    await once(collector.#server, 'listening')
    return collector
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves to the spans of this trace once all of these are there. Rejects after 20 s. */
  async trace(isIt: (span: CollectedSpan) => boolean, names: readonly string[]) {
    for (;;) {
      const found = this.spans.find(isIt)
      const all = this.spans.filter(({ traceId }) => traceId === found?.traceId)
      const has = new Set(all.map(({ name }) => name))
      if (found && names.every((name) => has.has(name))) return all
      await new Promise<void>((resolve, reject) => {
        const late = () => reject(new Error(`spans: ${this.spans.map(({ name }) => name)}`))
        const timer = setTimeout(late, waitMs)
        this.#look = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  async #take(request: IncomingMessage): Promise<void> {
    const body = await text(request)
    this.said += `${JSON.stringify(request.headers)}\n${body}\n`
    this.paths.add(request.url ?? '')
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans) {
      const service = String(attributesOf(resource.attributes).get('service.name'))
      for (const { spans } of scopeSpans) {
        for (const span of spans) this.spans.push(toSpan(service, span))
      }
    }
    this.#look()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }
}

interface Written {
  readonly name: string
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly links?: CollectedSpan['links']
  readonly status?: CollectedSpan['status']
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: Parameters<typeof attributesOf>[0]
}

function toSpan(service: string, span: Written): CollectedSpan {
  const { name, kind, traceId, spanId, parentSpanId = '', links = [], status, attributes } = span
  return {
    ...{ service, name, kind, traceId, spanId, parentSpanId, links },
    status: status ?? { code: 0 },
    startMs: Number(span.startTimeUnixNano) / 1e6,
    endMs: Number(span.endTimeUnixNano) / 1e6,
    attributes: attributesOf(attributes),
  }
}

function attributesOf(
  written: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[],
): Map<string, unknown> {
  return new Map(written.map(({ key, value }) => [key, Object.values(value)[0]]))
}
