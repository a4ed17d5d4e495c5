import { Api } from './api.ts'
import { command } from './command.ts'
import { completionsOf } from './completion.ts'
import { namesOfNoun } from './completion-names.ts'
import { completionScript, shells } from './completion-script.ts'
import { type ConnectionFlags, connect } from './connection.ts'
import { needChoice, type Parameter } from './parameter.ts'
import type { Session } from './session.ts'
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

// Whoever presses Tab waits; without names there are still options.
const namesTimeoutMs = 2_000

/** `sallyport complete`: what the completion scripts call. One candidate per line, with a tab before its description. */
export const complete = command({
  name: 'complete',
  summary: 'what completes a command line, for completion scripts',
  kind: 'local',
  examples: ['complete -- apps sh'],
  takes: { words: typed },
  async run(session, { words }) {
    const { out, services } = session
    const entries = await services.describe(words[0] ?? '')
    const { candidates, namesOf, isFile } = completionsOf(entries, words)
    const begun = (words.at(-1) ?? '').replace(/^--[a-z-]+=/, '')
    const prefix = (words.at(-1) ?? '').slice(0, -begun.length || undefined)
    const names = namesOf === undefined ? [] : await findNames(session, namesOf, words)
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

async function findNames(
  { surroundings }: Session,
  noun: string,
  words: readonly string[],
): Promise<readonly string[]> {
  const signal = AbortSignal.any([surroundings.signal, AbortSignal.timeout(namesTimeoutMs)])
  const patient = { ...surroundings, environment: surroundings.environment, signal }
  const connectTo = (): ReturnType<typeof connect> => connect(flagsIn(words), patient)
  const common = { signal, reason: undefined, dryRun: true, trace: () => {}, waiting: () => {} }
  const api = new Api({ ...common, connect: connectTo })
  try {
    return await namesOfNoun(noun, api, surroundings)
  } catch {
    // Not signed in, or the edge is away: whoever runs the command will be told, a Tab is no place for it.
    return []
  } finally {
    await api.close()
  }
}

/** Which edge the command line being written is for. */
function flagsIn(words: readonly string[]): ConnectionFlags {
  const valueAfter = (name: string): string | undefined => {
    const index = words.indexOf(name)
    const joined = words.find((word) => word.startsWith(`${name}=`))
    return index >= 0 ? words[index + 1] : joined?.slice(name.length + 1)
  }
  return {
    server: valueAfter('--server'),
    ca: valueAfter('--ca'),
    token: valueAfter('--token'),
    context: valueAfter('--context'),
    data: valueAfter('--data'),
  }
}
