import { Api } from './api.ts'
import { namesOfNoun } from './completion-names.ts'
import { type ConnectionFlags, connect } from './connection.ts'
import type { Surroundings } from './surroundings.ts'

// Whoever presses Tab waits; without names there are still options.
const namesTimeoutMs = 2_000

/** The names of a noun at the edge that the command line is for; none when it cannot be asked in time. */
export async function findNames(
  surroundings: Surroundings,
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
