import { command } from './command.ts'
import { cureOf } from './cure.ts'
import { exitCodes, Failure, usageFailure } from './failure.ts'
import { resolve } from './kind.ts'
import { choice, flag, need, option, severalWhole } from './parameter.ts'
import { userKind } from './principals.ts'
import { listAt, type Resource, textAt } from './resource.ts'
import { clean } from './text.ts'
import { refusalIn, stepsOf, writeTrail } from './trail-text.ts'

/** `Name: value` as the API wants it. */
export function readHeaderLines(lines: readonly string[]): readonly Resource[] {
  return lines.map((line) => {
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(line) ?? []
    if (name === undefined) throw usageFailure(`${line} is no header. Write "Name: value".`)
    return { name, value }
  })
}

/** `sallyport explain`: what the edge would do with a request, by its own functions. [D1] */
export const explain = command({
  name: 'explain',
  summary: 'what the edge would do with a request, and why; nothing is sent',
  kind: 'read',
  examples: [
    'explain https://wiki.contoso.com/ --user ann@contoso.com',
    'explain https://api.contoso.com/orders --origin https://shop.contoso.com --method PUT --header "Content-Type: application/json"',
  ],
  takes: { url: need('url', 'what would be asked for') },
  options: {
    method: option('method', 'GET if unsaid', ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
    origin: option('origin', 'of the page that asks: https://shop.contoso.com'),
    header: severalWhole('name: value', 'a header of the request; several times'),
    user: option('name', 'who is signed in; nobody if unsaid', { namesOf: 'users' }),
    ip: option('address', 'where it comes from'),
    mode: choice(['navigate', 'cors', 'no-cors', 'webSocket'], 'what kind of request it is'),
    credentials: choice(['include', 'omit', 'same-origin'], 'include if unsaid'),
    check: flag('exit code 4 when it would be refused'),
  },
  async run({ api, out }, { url, method = 'GET', user: word, check, ...input }) {
    const user = word === undefined ? undefined : await resolve(api, userKind, word)
    const request = {
      ...{ url: url.includes('://') ? url : `https://${url}`, method: method.toUpperCase() },
      ...(input.origin !== undefined && { origin: input.origin }),
      ...(input.header.length > 0 && { headers: readHeaderLines(input.header) }),
      ...(user && { userId: textAt(user, 'id') }),
      ...(input.ip !== undefined && { ipAddress: input.ip }),
      ...(input.mode && { mode: input.mode }),
      ...(input.credentials && { credentials: input.credentials }),
    }
    const answer = (await api.call('POST', '/doctor/explain', { request })) ?? {}
    const steps = stepsOf(answer)
    const refusal = refusalIn(steps)
    if (out.isJson) out.json(answer)
    else if (out.isQuiet) out.line(clean(textAt(refusal, 'code') || textAt(answer, 'outcome/kind')))
    else {
      out.line(`${method.toUpperCase()} ${clean(request.url)} → ${describeOutcome(answer)}`)
      for (const line of writeTrail(steps, out.paint)) out.paragraph(`  ${line}`, 7)
      out.paragraph(clean(textAt(answer, 'explanation')))
      const fix = refusal && cureFor(refusal, steps, request, word)
      if (fix) out.line(`${out.paint('bold', 'Fix:')}  ${clean(fix)}`)
    }
    if (!check || refusal === undefined) return
    throw new Failure({
      code: textAt(refusal, 'code'),
      exitCode: exitCodes.refused,
      message: textAt(refusal, 'reason'),
    })
  },
})

function describeOutcome(answer: Resource): string {
  const [status, kind] = [textAt(answer, 'outcome/status'), textAt(answer, 'outcome/kind')]
  const internal = textAt(answer, 'outcome/internalUrl')
  if (internal !== '') return `forwarded to ${clean(internal)}`
  if (kind === 'signIn') return `sign-in${status === '' ? '' : ` (${status})`}`
  return status || kind
}

function cureFor(
  refusal: Resource,
  steps: readonly Resource[],
  request: { readonly url: string; readonly method: string; readonly origin?: string },
  userName: string | undefined,
): string | undefined {
  const subjectName = (kind: string): string | undefined => {
    const subjects = steps.flatMap((step) => (step['subject'] ? [step['subject']] : []))
    const found = subjects.find((subject) => textAt(subject, 'kind') === kind)
    return found && (textAt(found, 'displayName') || textAt(found, 'id'))
  }
  return cureOf({
    ...request,
    code: textAt(refusal, 'code'),
    headers: listAt(request, 'headers').map((header) => textAt(header, 'name')),
    applicationName: subjectName('application'),
    policyName: subjectName('conditionalAccessPolicy'),
    userName,
  })
}
