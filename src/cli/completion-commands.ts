import { command } from './command.ts'
import { completionsOf } from './completion.ts'
import { completionScript, shells } from './completion-script.ts'
import { needChoice, type Parameter } from './parameter.ts'
import type { Surroundings } from './surroundings.ts'
import { clean } from './text.ts'

/** `sallyport completion` */
export const completion = command({
  name: 'completion',
  summary: 'print what makes a shell complete commands, options and names',
  kind: 'local',
  examples: [
    'completion bash > ~/.local/share/bash-completion/completions/sallyport',
    'completion zsh > ~/.zfunc/_sallyport',
    'completion fish > ~/.config/fish/completions/sallyport.fish',
  ],
  takes: { shell: needChoice(shells, 'which shell') },
  async run({ out }, { shell }) {
    const script = completionScript(shell)
    if (out.isJson) out.json({ shell, script })
    else out.line(script.trimEnd())
  },
})

const typed: Parameter<readonly string[]> = {
  ...{ placeholder: 'word', text: 'the command line so far', required: false, repeated: true },
  initial: [],
  read: (written, before) => [...before, written],
}

/** `sallyport complete`: what the completion scripts call. One candidate per line, with a tab before its description. */
export const complete = command({
  name: 'complete',
  summary: 'what completes a command line, for completion scripts',
  kind: 'local',
  examples: ['complete -- apps sh'],
  takes: { words: typed },
  async run(session, { words }) {
    const { out, services, surroundings } = session
    const entries = await services.describe(words[0] ?? '')
    const { candidates, namesOf, isFile } = completionsOf(entries, words)
    const begun = (words.at(-1) ?? '').replace(/^--[a-z-]+=/, '')
    const prefix = (words.at(-1) ?? '').slice(0, -begun.length || undefined)
    const names = namesOf === undefined ? [] : await findNames(surroundings, namesOf, words)
    const own = names
      .filter((name) => name.toLowerCase().startsWith(begun.toLowerCase()))
      .map((name) => ({ value: `${begun === '' ? '' : prefix}${name}`, text: '' }))
    const all = [...candidates, ...own]
    if (out.isJson) out.json({ candidates: all, isFile })
    else {
      for (const { value, text } of all)
        out.line(`${clean(value)}${text === '' ? '' : `\t${text}`}`)
      if (isFile) out.line(':files')
    }
  },
})

/** The names at the edge; a word of the program itself is completed without HTTPS, which takes as long to load as all else. */
async function findNames(
  surroundings: Surroundings,
  noun: string,
  words: readonly string[],
): Promise<readonly string[]> {
  const { findNames } = await import('./completion-search.ts')
  return findNames(surroundings, noun, words)
}
