import type { Entry } from '../../src/cli/entry.ts'

/** The words of a command as a shell reads them; quotes go, nothing is expanded. */
export function wordsOf(line: string): readonly string[] {
  return Array.from(line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g), ([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double),
  )
}

/** What is wrong with a `sallyport` command line according to the tree of commands; undefined when it could be typed so. */
export function commandProblem(line: string, entries: readonly Entry[]): string | undefined {
  const [program, ...words] = wordsOf(line)
  if (program !== 'sallyport') return 'is no sallyport command'
  const entry = entries
    .filter(({ path }) => path.length > 0 && path.every((part, i) => words[i] === part))
    .sort((a, b) => b.path.length - a.path.length)[0]
  if (!entry) return 'there is no such noun'
  const rest = words.slice(entry.path.length)
  if (rest.includes('--help')) return undefined
  if (entry.verbs.length > 0) return 'there is no such verb'
  const taken: string[] = []
  const options = new Set<string>()
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] as string
    if (!word.startsWith('-') || word === '-') {
      taken.push(word)
      continue
    }
    const option = entry.options.find(({ flags }) => flags.includes(word))
    if (!option) return `there is no option ${word}`
    options.add(option.flags[0] as string)
    if (option.takesValue) i++
  }
  const lacking = entry.options.find(
    ({ flags, required }) => required && !flags.some((each) => options.has(each)),
  )
  if (lacking) return `${lacking.written} is missing`
  const needed = entry.takes.filter(({ required }) => required).length
  const most = entry.takes.some(({ repeated }) => repeated) ? taken.length : entry.takes.length
  if (taken.length < needed || taken.length > most) return `takes ${needed} to ${most} words`
  return undefined
}
