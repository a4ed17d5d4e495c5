import assert from 'node:assert/strict'
import { run } from '../commands.ts'
import { type Cost, costOf, type Target } from './target.ts'

/** One big transfer. */
export interface Transfer {
  readonly megabytesPerSecond: number
  /** CPU seconds in all. */
  readonly cost: Cost
}

interface Figures {
  readonly http_code: number
  readonly size_download: number
  readonly size_upload: number
  readonly time_total: number
}

/** Reads `bytes` at the target over one HTTP/1.1 connection. Rejects when it is less. */
export async function download(target: Target, bytes: number): Promise<Transfer> {
  const { result, cost } = await costOf(target, () => runCurl(target, ['-o', '/dev/null']))
  assert.equal(result.http_code, 200, target.name)
  assert.equal(result.size_download, bytes, `${target.name}: the download is not whole`)
  return { megabytesPerSecond: bytes / 1e6 / result.time_total, cost }
}

/** Sends a file of `bytes` to the target, which answers how much it got. Rejects when it is less. */
export async function upload(target: Target, file: string, bytes: number): Promise<Transfer> {
  const { result, cost } = await costOf(target, () => runCurl(target, ['-T', file]))
  assert.equal(result.http_code, 200, target.name)
  assert.equal(result.size_upload, bytes, target.name)
  assert.equal(result.body, String(bytes), `${target.name}: the upload did not arrive whole`)
  return { megabytesPerSecond: bytes / 1e6 / result.time_total, cost }
}

async function runCurl(
  target: Target,
  options: readonly string[],
): Promise<Figures & { readonly body: string }> {
  const headers = Object.entries(target.headers).flatMap(([name, value]) => [
    '-H',
    `${name}: ${value}`,
  ])
  const { port } = new URL(target.url)
  const stdout = await run('client', [
    ...['curl', '--http1.1', '--silent', '--show-error', '--insecure'],
    ...['--connect-to', `::127.0.0.1:${port}`, '-w', '\n%{json}', ...headers, ...options],
    // Without the wait for a 100 that neither side needs.
    ...['-H', 'Expect:', target.url],
  ])
  const [body = '', figures = ''] = stdout.split('\n')
  return { ...(JSON.parse(figures) as Figures), body }
}
