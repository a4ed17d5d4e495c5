// An error that wraps another that wraps another; deeper ones tell nothing new.
const causesMax = 5
const messageMaxLength = 2_000
// Ten frames for each of them.
const stackMaxLength = 8_000

/** What an error says about itself, as far as a log may know it. */
export interface ErrorShape {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
}

/**
 * The name, the message, the code and the stack of an error, and of what caused it. Nothing else that somebody hung on it:
 * libraries put answers, requests and statements there. What is no error stays what it is.
 */
export function describeError(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return typeof thrown === 'object' ? String(thrown) : thrown
  const { message, code } = thrown as Error & { readonly code?: unknown }
  const shape: ErrorShape = {
    type: thrown.constructor.name,
    message: message.slice(0, messageMaxLength),
    ...(typeof code === 'string' && { code }),
    stack: stackOf(thrown, causesMax).slice(0, stackMaxLength),
  }
  return shape
}

function stackOf(error: Error, causesLeft: number): string {
  const stack = error.stack ?? error.message
  const { cause } = error
  if (!(cause instanceof Error) || causesLeft === 0) return stack
  return `${stack}\ncaused by: ${stackOf(cause, causesLeft - 1)}`
}
