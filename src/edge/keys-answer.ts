import type { Answer } from '../http/answer.ts'

/** Where applications find the keys of assertions: on the login host and on each of their own. [S12] */
export const keysPath = '/.sallyport/jwks.json'

// A key is published a week before it signs: whoever asks once an hour never meets one that is unknown.
const maxAgeSeconds = 3_600

/** A JWK Set (RFC 7517 §8.5) that everybody may read. */
export function keysAnswer(keys: string): Answer {
  return {
    status: 200,
    headers: [
      ...['Content-Type', 'application/jwk-set+json'],
      ...['Cache-Control', `public, max-age=${maxAgeSeconds}`],
      ...['Access-Control-Allow-Origin', '*', 'X-Content-Type-Options', 'nosniff'],
    ],
    body: keys,
  }
}
