import { globSync, readFileSync } from 'node:fs'

/** A code as the sources have it, and where. */
export type Codes = ReadonlyMap<string, ReadonlySet<string>>

// What hands a code on: a property, or an argument of what makes issues, refusals and failures.
const property = /\b(?:code|innerCode|because): '([\w-]+)'/g
const maker =
  /\b(?:issue|issueAt|wrong|failure|badRequest|Fault|Violation|refuse|fail|note|problem|said)\(((?:[^()]|\([^()]*\))*)\)/g
const word = /'([a-z][a-z0-9]*(?:-[a-z0-9]+)*)'/g

export function collect(): Codes {
  const codes = new Map<string, Set<string>>()
  for (const file of globSync('src/**/*.ts')) {
    if (/\.test\.ts$|fixture|test-|src\/portal/.test(file)) continue
    const text = readFileSync(file, 'utf8')
    const add = (code: string) =>
      (codes.get(code) ?? codes.set(code, new Set()).get(code)!).add(file)
    for (const [, code] of text.matchAll(property)) add(code!)
    for (const [, args] of text.matchAll(maker))
      for (const [, c] of args!.matchAll(word)) add('~' + c!)
  }
  return codes
}
const c = collect()
console.log(
  [...c]
    .filter(([k]) => !k.startsWith('~') || !c.has(k.slice(1)))
    .map(
      ([k, v]) =>
        k +
        ' ' +
        [...v]
          .map((f) => f.slice(4))
          .slice(0, 3)
          .join(' '),
    )
    .sort()
    .join('\n'),
)
