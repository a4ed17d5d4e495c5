import { findNameProblem } from '../../base/json-names.ts'

// Discovery documents and key sets are a few KiB; a provider that sends more is broken or hostile.
const bodyMaxBytes = 1024 * 1024

// Key sets and claims have half as many levels.
const maxDepth = 16

/**
 * `fetch` that follows no redirect and fails when the decoded body is over 1 MiB, so that a gzip bomb counts in full, or
 * when it is JSON that two readers could read differently.
 */
export function boundFetch(inner: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await inner(input, { ...init, redirect: 'manual' })
    if (!response.body) return response
    const body = await readBounded(response.body)
    refuseAmbiguousJson(body)
    return new Response(body, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    })
  }
}

function refuseAmbiguousJson(body: Buffer): void {
  const text = body.toString('utf8')
  try {
    JSON.parse(text)
  } catch {
    return // whoever expected JSON says so
  }
  const problem = findNameProblem(text, maxDepth)
  if (problem) throw new SyntaxError(`the provider's JSON: ${problem.code}`)
}

async function readBounded(stream: ReadableStream<Uint8Array>): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.byteLength
    if (bytes > bodyMaxBytes) throw new RangeError('the provider answered with more than 1 MiB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
