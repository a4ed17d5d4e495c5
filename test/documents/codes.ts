import { globSync, readFileSync } from 'node:fs'
import { faultStatus } from '../../src/base/fault.ts'
import { findingTexts } from '../../src/doctor/findings.ts'
import { resetCodes } from '../../src/tunnel/exchange.ts'
import { refusalCodes } from '../../src/tunnel/handshake.ts'

/** Folders whose words nobody is told as a code: `malformed-request` covers HTTP, the others keep account or start processes. */
const untold = /^src\/(?:http|http1|http2|links|portal|run|signals|sites)\//

/** What stands where codes stand and is none: places in a body, words of options, states. */
const notCodes: ReadonlySet<string> = new Set([
  ...['separator', 'empty-segment', 'name', 'type', 'har', 'good', 'provider_session_id', 'before'],
  ...[
    'person_id',
    'application_id',
    'Location',
    'Vary',
    'applications',
    'before',
    'definition',
    'host',
    'id',
    'issuer',
    'passkey',
    'password',
    'pfx',
    'value',
  ],
  ...['requests', 'false', 'true', 'ok', 'method', 'custom', 'html', 'number', 'string', 'object'],
  // Why a policy does not apply, as the original's what-if says it.
  ...['application', 'not-enabled', 'not-enough-information', 'users', 'platform', 'location'],
  // Sides of a difference.
  'before',
  // How a link ended, within the tunnel.
  ...['closed', 'drained', 'lost', 'refused', 'silent', 'violated'],
  // What CORS and routing say; people are told it with `cors-` before it, or as malformed-request.
  ...['ambiguous-escapes', 'ambiguous-path'],
])

const word = "'([A-Za-z][A-Za-z0-9_]*(?:-[a-z0-9]+)*)'"
const property = new RegExp(`\\b(?:code|innerCode): ${word}`, 'g')
const tuple = new RegExp(`(?:return|Problem =) \\[\\s*${word},`, 'g')
const outer = new RegExp(`new Refusal\\(\\s*\\d+,\\s*${word}`, 'g')
const maker =
  /\b(?:issue|issueAt|say|wrong|failure|badRequest|Fault)\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)/g
const code = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

/** The codes that sources hand on by themselves, each with a file that has it. */
function writtenCodes(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const file of globSync('src/**/*.ts')) {
    if (untold.test(file) || /\.test\.ts$|fixture|\/test-/.test(file)) continue
    const text = readFileSync(file, 'utf8')
    for (const pattern of [property, tuple, outer]) {
      for (const [, name = ''] of text.matchAll(pattern)) found.set(name, file)
    }
    for (const [, args = ''] of text.matchAll(maker)) {
      for (const [, name = ''] of args.matchAll(/'([^'\s]+)'/g)) {
        if (code.test(name)) found.set(name, file)
      }
    }
  }
  for (const name of notCodes) found.delete(name)
  return found
}

/** Words of one kind in one file: `pattern` has the word as its first group, and `prefix` is put before it. */
function wordsIn(file: string, from: RegExp, pattern: RegExp, prefix = ''): readonly string[] {
  const [part = ''] = from.exec(readFileSync(file, 'utf8')) ?? []
  return Array.from(part.matchAll(pattern), ([, name = '']) => prefix + name)
}

/** Codes that are made of others, or that stand in tables and unions. */
function tabledCodes(): readonly string[] {
  const key = /^ {2}'?([\w-]+)'?: /gm
  return [
    ...Object.keys(faultStatus),
    ...Object.keys(findingTexts),
    ...Object.keys(resetCodes),
    ...refusalCodes,
    ...wordsIn(
      'src/identity/sign-in-log.ts',
      /'signed-in': \[[^}]*/,
      /^ {2}'?([\w-]+)'?: \[(?!0,)/gm,
    ),
    ...wordsIn('src/refusal/token-refusals.ts', /const reasons[\s\S]*?\n\}/, key, 'token-'),
    ...wordsIn(
      'src/cors/decide.ts',
      /type CorsRefusal =[\s\S]*?\n\n/,
      /code: '([\w-]+)'/g,
      'cors-',
    ),
    ...wordsIn('src/cli/problem-hints.ts', /const partOfCode[\s\S]*?\n\}/, key),
    ...wordsIn('src/graph/refusal.ts', /const faultCodes[\s\S]*?\n\}/, /: '(\w+)'/g),
    ...['invalid-type', 'invalid-format', 'too-big', 'too-small'],
    ...['unknown-host', 'unknown-path', 'no-segments', 'segment-not-listed'],
    ...['ServiceUnavailable', 'invalid-configuration', 'sign-in-refused', 'yaml-syntax'],
  ]
}

/** Every code that people, scripts or administrators can meet, each with where it comes from. */
export function collectCodes(): ReadonlyMap<string, string> {
  const codes = new Map(writtenCodes())
  for (const name of tabledCodes()) codes.set(name, codes.get(name) ?? 'a table')
  return codes
}
