import { z } from 'zod'

/** As in the original. */
const maxRequests = 20
const maxIdLength = 100
const maxUrlLength = 8192
const maxHeaders = 20

// The token of the batch counts for all that is in it; the others are about a connection that these do not have.
const fixed = /^(?:authorization|cookie|host|connection|content-length|transfer-encoding)$/i

const headers = z
  .record(
    z
      .string()
      .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/, 'is no header name')
      .refine((name) => !fixed.test(name), 'cannot be said for one request'),
    z
      .string()
      .max(2048)
      .regex(/^[\x20-\x7e]*$/, 'is no header value'),
  )
  .refine((all) => Object.keys(all).length <= maxHeaders, `must have at most ${maxHeaders} fields`)

const oneRequest = z.strictObject({
  id: z.string().min(1).max(maxIdLength),
  method: z
    .string()
    .toUpperCase()
    .pipe(z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])),
  url: z
    .string()
    .max(maxUrlLength)
    .refine(isRelative, 'must be a path below the version, such as /users')
    .refine((url) => !isBatch(url), 'must not be another batch'),
  headers: headers.optional(),
  body: z.unknown().optional(),
  dependsOn: z.array(z.string().max(maxIdLength)).max(maxRequests).optional(),
})

const request = oneRequest.refine(({ method, body }) => method !== 'GET' || body === undefined, {
  path: ['body'],
  message: 'means nothing with GET',
})

// Not another host, and not another version: `//host` and `/..` would be.
function isRelative(url: string): boolean {
  const path = url.replace(/^\//, '')
  const resolved = resolve(url)
  return !/^(?:[a-z][a-z0-9+.-]*:|[/\\])/i.test(path) && resolved?.href.startsWith(base) === true
}

const base = 'https://batch.invalid/beta/'

function resolve(url: string): URL | null {
  return URL.parse(`${base}${url.replace(/^\//, '')}`)
}

// However it is spelt: escaped, behind dots, with a slash at its end.
function isBatch(url: string): boolean {
  try {
    return /^\/beta\/\$batch\/*$/i.test(decodeURIComponent(resolve(url)?.pathname ?? ''))
  } catch {
    // No escape that anybody reads.
    return false
  }
}

/** What `POST /$batch` takes. */
export const batchBody = z.strictObject({ requests: z.array(request).min(1).max(maxRequests) })

/** What it answers. */
export const batchAnswer = z.strictObject({
  responses: z.array(
    z.strictObject({
      id: z.string(),
      status: z.int(),
      headers: z.record(z.string(), z.string()),
      body: z.unknown().optional(),
    }),
  ),
})

export type BatchBody = z.output<typeof batchBody>
export type BatchRequest = BatchBody['requests'][number]
