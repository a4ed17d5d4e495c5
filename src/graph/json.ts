import { findNameProblem } from '../base/json-names.ts'
import { badRequest, Refusal } from './refusal.ts'

/** A management document with every limit used is far below this; what is above is an attack or a mistake. */
export const maxBodyBytes: number = 1024 * 1024

/** The deepest published document has 7 levels. */
const maxDepth = 32

// The parameters that Graph and its clients send; `\t` or anything else between them is not JSON's media type.
const jsonType =
  /^application\/json(?: *; *(?:charset=(?:"utf-8"|utf-8)|odata\.(?:metadata|streaming)=[a-z]+|ieee754compatible=[a-z]+))*$/i

/**
 * The JSON body of a request: content type, size, encoding, nesting and names checked before anything reads it. Throws a
 * Refusal: 415, 413 or 400.
 */
export async function readJson(request: Request, maxBytes = maxBodyBytes): Promise<unknown> {
  const type = request.headers.get('content-type')
  if (!type || !jsonType.test(type) || (request.headers.get('content-encoding') ?? '') !== '') {
    throw new Refusal(
      415,
      'Request_UnsupportedMediaType',
      'The body must be application/json in UTF-8.',
    )
  }
  return parseJson(decodeUtf8(await readBytes(request, maxBytes)))
}

/** Text to value; duplicate names, names that reach prototypes, and deep nesting are refused with 400. */
export function parseJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new Refusal(400, 'Request_BadRequest', 'The body is not valid JSON.', {
      innerCode: 'malformed-json',
      cause,
    })
  }
  checkNames(text)
  return value
}

/** The body whole. Throws a Refusal: 413, or 400 where it breaks off or is empty. */
export async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () =>
    new Refusal(413, 'Request_EntityTooLarge', `The body is larger than ${maxBytes} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of piecesOf(request)) {
    size += chunk.byteLength
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  if (size === 0) throw badRequest('The request needs a JSON body.', 'empty-body')
  return Buffer.concat(chunks)
}

async function* piecesOf(request: Request): AsyncGenerator<Uint8Array> {
  try {
    if (request.body) yield* request.body
  } catch (cause) {
    // The caller went away in the middle: nothing failed here.
    throw new Refusal(400, 'Request_BadRequest', 'The body broke off.', {
      innerCode: 'incomplete-body',
      cause,
    })
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new Refusal(400, 'Request_BadRequest', 'The body is not valid UTF-8.', {
      innerCode: 'malformed-utf-8',
      cause,
    })
  }
}

function checkNames(text: string): void {
  const problem = findNameProblem(text, maxDepth)
  if (!problem) return
  const { code } = problem
  if (code === 'too-deep') {
    throw badRequest(`The body is nested deeper than ${maxDepth} levels.`, code)
  }
  const what = code === 'bad-name' ? 'is not allowed' : 'appears twice'
  throw badRequest(`The name '${problem.name}' ${what}.`, code)
}
