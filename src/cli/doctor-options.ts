import { writeDiff } from './diff-text.ts'
import { usageFailure } from './failure.ts'
import { chooseOne } from './prompt.ts'
import { listAt, type Resource, textAt, valueAt } from './resource.ts'
import { askFirst, type Session } from './session.ts'

/** A cure that the doctor offers, with its number in what is printed. */
export interface Choice {
  readonly number: number
  readonly finding: Resource
  readonly option: Resource
}

/** Every cure of every finding, numbered from 1; the same cure of several findings counts once. */
export function optionsOf(answer: Resource): readonly Choice[] {
  const choices: Choice[] = []
  for (const finding of listAt(answer, 'findings')) {
    for (const option of listAt(finding, 'options')) {
      const change = JSON.stringify(option['change'] ?? null)
      const known = choices.some(
        (each) =>
          textAt(each.option, 'id') === textAt(option, 'id') &&
          JSON.stringify(each.option['change'] ?? null) === change,
      )
      if (!known) choices.push({ number: choices.length + 1, finding, option })
    }
  }
  return choices
}

/** Asks a person at a terminal which cure they want; undefined when nobody can be asked or wants any. */
export async function chooseOption(
  { out, surroundings, api, yes }: Session,
  options: readonly Choice[],
): Promise<string | undefined> {
  const { stdin, stderr, stdout } = surroundings
  const isAsked = stdin.isTTY === true && stderr.isTTY === true && stdout.isTTY === true
  const ready = options.filter(({ option }) => option['change'])
  if (!isAsked || out.isJson || out.isQuiet || api.isDryRun || yes || ready.length === 0)
    return undefined
  const numbers = ready.map(({ number }) => number).join(', ')
  const question = `\nApply which cure (${numbers})? Enter for none: `
  const chosen = await chooseOne(surroundings, question, options.length)
  return chosen === undefined ? undefined : String(chosen)
}

/** Makes the change of one cure, after its diff was shown. Throws a usage Failure for one that is not offered. */
export async function applyOption(
  session: Session,
  options: readonly Choice[],
  wanted: string,
): Promise<void> {
  const { api, out } = session
  const found = options.find(({ number, option }) =>
    [String(number), textAt(option, 'id')].includes(wanted),
  )
  if (found === undefined) {
    const offered = options.map(({ number, option }) => `${number} ${textAt(option, 'id')}`)
    throw usageFailure(
      `${wanted} is not offered. ${offered.length > 0 ? `There are: ${offered.join(', ')}.` : 'Nothing is.'}`,
    )
  }
  const { option } = found
  const title = textAt(option, 'title')
  const [method, path] = [textAt(option, 'change/method'), textAt(option, 'change/path')]
  if (method === '' || path === '') {
    throw usageFailure(`${title}: this is done by hand. ${textAt(option, 'manual')}`.trim())
  }
  const diff = out.isJson ? [] : writeDiff(listAt(option, 'diff'), out.paintTalk)
  for (const line of diff) out.sayPainted(line)
  await askFirst(session, `${textAt(option, 'change/summary') || title}.`, 'yes')
  const body = valueAt(option, 'change/body') ?? undefined
  const made = await api.change(method, path.replace(/^\/beta(?=\/)/, ''), body)
  out.done(`${title}. Look again: sallyport doctor cors …`, { ...option, ...made })
}
