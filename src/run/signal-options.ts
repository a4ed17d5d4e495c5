import { isIP } from 'node:net'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { useLogLevel } from '../base/log-level.ts'
import { parseAuthority } from '../http/authority.ts'
import type { SignalsAddress } from '../signals/listener.ts'
import { namesCollector, type SpanExportSettings } from '../signals/span-export.ts'
import type { TraceSettings } from './edge-settings.ts'

/** What operators' tools are told, and where. [D4] */
export function addSignalOptions(command: Command): void {
  command
    .option(
      '--signals <address>',
      'port, or host:port, of /metrics, /healthz and /readyz; on this machine alone if no host is said',
      toSignalsAddress,
    )
    .option(
      '--otlp <url>',
      'collector that gets traces by OTLP/HTTP; otherwise OTEL_EXPORTER_OTLP_ENDPOINT counts',
      toCollectorUrl,
    )
    .addOption(
      new Option(
        '--log-level <level>',
        'the least that is logged (default: SALLYPORT_LOG, or info)',
      )
        .choices(['debug', 'info', 'warn', 'error'])
        .argParser(toLogLevel),
    )
}

/** Which requests of an edge are traced. */
export function addTraceOptions(edge: Command): void {
  edge
    .option('--trace-ratio <part>', 'the part of requests that is traced, 0 to 1', toRatio, 1)
    .option('--trust-traceparent', 'go on with traces that clients began, as they say', false)
}

export interface SignalOptions {
  readonly signals?: SignalsAddress
  readonly otlp?: string
}

/** Where a connector sends spans; undefined: nowhere. */
export function readSpanOptions({ otlp }: SignalOptions): SpanExportSettings | undefined {
  return otlp === undefined && !namesCollector(process.env) ? undefined : { url: otlp }
}

/** The same for an edge, with what it traces. */
export function readTraceOptions(
  options: SignalOptions & { readonly traceRatio: number; readonly trustTraceparent: boolean },
): TraceSettings | undefined {
  const { traceRatio: ratio, trustTraceparent: trustsClients } = options
  const spans = readSpanOptions(options)
  return spans && { ...spans, ratio, trustsClients }
}

/** `9464`, `127.0.0.1:9464` or `[::1]:9464`. */
function toSignalsAddress(text: string): SignalsAddress {
  const at = text.lastIndexOf(':')
  const host = at < 0 ? '127.0.0.1' : text.slice(0, at).replace(/^\[(.*)\]$/, '$1')
  const port = text.slice(at + 1)
  const isHost = isIP(host) !== 0 || parseAuthority(host, 443) !== undefined
  if (!isHost || !/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new InvalidArgumentError('Give a port, or <host>:<port>.')
  }
  return { host, port: Number(port) }
}

function toCollectorUrl(text: string): string {
  if (!URL.parse(text)?.protocol.startsWith('http')) {
    throw new InvalidArgumentError('Give an http:// or https:// address.')
  }
  return text
}

function toRatio(text: string): number {
  const ratio = Number(text)
  if (!/^\d*\.?\d+$/.test(text) || ratio > 1) {
    throw new InvalidArgumentError('Give a number from 0 to 1.')
  }
  return ratio
}

function toLogLevel(text: string): string {
  useLogLevel(text)
  return text
}
