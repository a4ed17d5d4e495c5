import { errorDocument } from '../manual/error-page.ts'
import type { FailureFacts } from './failure.ts'
import { clean, escapeUnsafe, type Paint } from './text.ts'

/**
 * A failure as a person reads it: what happened, which rule, what the browser calls it, the command that cures it. With
 * `--json` the same as one object on stderr.
 */
export function writeFailure(facts: FailureFacts, paint: Paint): string {
  const { code, message, details = [], browser, fix, requestId } = facts
  const page = pageOf(facts)
  const request = requestId ? paint('dim', `   (request ${clean(requestId)})`) : ''
  const lines = [
    `${paint('bad', '✗')} ${paint('bold', clean(code))}   ${clean(message)}${request}`,
    ...details.map((detail) => `  ${clean(detail)}`),
    ...(browser ? [`  Browser shows: ${clean(browser)}`] : []),
    ...(fix ? [`  Fix:  ${clean(fix)}`] : []),
    ...(page ? [`  More: sallyport errors show ${page}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

// Whoever typed it wrong reads the help of the command, and a question that was answered no needs no page.
const selfEvident: ReadonlySet<string> = new Set(['usage', 'not-confirmed', 'drift'])

function pageOf({ code, finerCode }: FailureFacts): string | undefined {
  if (selfEvident.has(code)) return undefined
  return [finerCode, code].find((each) => each !== undefined && errorDocument(each) !== undefined)
}

/** The same for programs: Graph's envelope where the API said it, one of its shape where it did not. */
export function writeFailureJson(facts: FailureFacts): string {
  const { code, message, details = [], browser, fix, requestId, error, exitCode } = facts
  const own = {
    code,
    message,
    ...(details.length > 0 && { details: details.map((detail) => ({ message: detail })) }),
    ...(requestId && { innerError: { 'request-id': requestId } }),
  }
  const said = typeof error === 'object' && error !== null && 'code' in error ? error : own
  const told = { error: said, exitCode, ...(browser && { browser }), ...(fix && { fix }) }
  return `${escapeUnsafe(JSON.stringify(told))}\n`
}
