/** Why the names in a JSON text cannot be trusted. */
export type NameProblem =
  | { readonly code: 'too-deep' }
  | { readonly code: 'duplicate-name' | 'bad-name'; readonly name: string }

// What these reach in JavaScript is not the object they are written in.
const forbiddenNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * The first problem with the names of a text that is known to be valid JSON, or undefined. `JSON.parse` keeps the last of
 * two equal names, another reader the first (RFC 8259 §4): neither is what was meant.
 */
export function findNameProblem(text: string, maxDepth: number): NameProblem | undefined {
  const open: (Set<string> | undefined)[] = []
  let expectsName = false
  // The text is valid, so only strings and brackets matter.
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '"') {
      const end = endOfString(text, i)
      const problem = expectsName ? addName(open.at(-1), text.slice(i, end + 1)) : undefined
      if (problem) return problem
      expectsName = false
      i = end
    } else if (character === '{' || character === '[') {
      if (open.push(character === '{' ? new Set() : undefined) > maxDepth) {
        return { code: 'too-deep' }
      }
      expectsName = character === '{'
    } else if (character === '}' || character === ']') {
      open.pop()
      expectsName = false
    } else if (character === ',') {
      expectsName = open.at(-1) !== undefined
    }
  }
  return undefined
}

function endOfString(text: string, start: number): number {
  let i = start + 1
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i
}

function addName(names: Set<string> | undefined, quoted: string): NameProblem | undefined {
  const name = JSON.parse(quoted) as string
  if (forbiddenNames.has(name)) return { code: 'bad-name', name }
  if (names?.has(name)) return { code: 'duplicate-name', name }
  names?.add(name)
  return undefined
}
