import { badRequest, Refusal } from './refusal.ts'

/** A management document with every limit used is far below this; what is above is an attack or a mistake. */
const maxBodyBytes = 1024 * 1024

/** The deepest published document has 7 levels. */
const maxDepth = 32

// The parameters that Graph and its clients send; `\t` or anything else between them is not JSON's media type.
const jsonType =
  /^application\/json(?: *; *(?:charset=(?:"utf-8"|utf-8)|odata\.(?:metadata|streaming)=[a-z]+|ieee754compatible=[a-z]+))*$/i

/**
 * The JSON body of a request: content type, size, encoding, nesting and names checked before anything reads it.
 * Throws a Refusal: 415, 413 or 400.
 */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type')
  if (!type || !jsonType.test(type) || (request.headers.get('content-encoding') ?? '') !== '') {
    throw new Refusal(
      415,
      'Request_UnsupportedMediaType',
      'The body must be application/json in UTF-8.',
    )
  }
  return parseJson(decodeUtf8(await readBytes(request)))
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

async function readBytes(request: Request): Promise<Uint8Array> {
  const tooLarge = () =>
    new Refusal(413, 'Request_EntityTooLarge', `The body is larger than ${maxBodyBytes} bytes.`)
  if (Number(request.headers.get('content-length') ?? 0) > maxBodyBytes) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of piecesOf(request)) {
    size += chunk.byteLength
    if (size > maxBodyBytes) throw tooLarge()
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

const forbiddenNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

// JSON.parse keeps the last of two equal names, another reader the first (RFC 8259 §4): neither is what was meant.
// The text is known to be valid here, so only strings and brackets matter.
function checkNames(text: string): void {
  const open: (Set<string> | undefined)[] = []
  let expectsName = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '"') {
      const end = endOfString(text, i)
      if (expectsName) addName(open.at(-1), text.slice(i, end + 1))
      expectsName = false
      i = end
    } else if (character === '{' || character === '[') {
      if (open.push(character === '{' ? new Set() : undefined) > maxDepth) {
        throw badRequest(`The body is nested deeper than ${maxDepth} levels.`, 'too-deep')
      }
      expectsName = character === '{'
    } else if (character === '}' || character === ']') {
      open.pop()
      expectsName = false
    } else if (character === ',') {
      expectsName = open.at(-1) !== undefined
    }
  }
}

function endOfString(text: string, start: number): number {
  let i = start + 1
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i
}

function addName(names: Set<string> | undefined, quoted: string): void {
  const name = JSON.parse(quoted) as string
  if (forbiddenNames.has(name)) throw badRequest(`The name '${name}' is not allowed.`, 'bad-name')
  if (names?.has(name)) throw badRequest(`The name '${name}' appears twice.`, 'duplicate-name')
  names?.add(name)
}
