/**
 * A copy of a text, for whoever keeps it: the original may be a piece of a whole message, which V8 would keep alive with
 * it. Well-formed texts only: of others every lone half of a pair is replaced.
 */
export function detached(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8')
}
