import { Readable } from 'node:stream'
import { runProgram } from '../src/cli/program.ts'
import type { Surroundings } from '../src/cli/surroundings.ts'
import { programOptions } from '../src/run/command-line.ts'
import { examineConnector } from '../src/run/connector-doctor.ts'
import { openEdgeFolder } from '../src/run/edge-folder-access.ts'

/** What a command said and how it ended. */
export interface Said {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  /** Both, in the order in which it came. */
  readonly text: string
}

export interface TerminalOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Columns of a terminal that a person looks at; none if unsaid. */
  readonly columns?: number
  readonly signal?: AbortSignal
  /** Told of everything as it is written. */
  readonly onOutput?: (text: string) => void
}

/** The first two words of every line that was typed here. */
export const typed = new Set<string>()

/** Runs the whole command line in this process, with streams that are kept: many commands for the price of one process. */
export async function runCommandLine(
  args: readonly string[],
  options: TerminalOptions = {},
): Promise<Said> {
  typed.add(args.slice(0, 2).join(' '))
  const said = { stdout: '', stderr: '', text: '' }
  const surroundings = keepingSurroundings(said, options)
  const exit = await runProgram(args, programOptions(surroundings))
  return { exit, ...said }
}

/** Surroundings of a command whose words are kept in `said`. */
export function keepingSurroundings(
  said: { stdout: string; stderr: string; text: string },
  options: TerminalOptions = {},
): Surroundings {
  const { environment = {}, stdin = '', columns, onOutput } = options
  const isTTY = columns !== undefined
  const writer = (name: 'stdout' | 'stderr') => ({
    isTTY,
    columns,
    write(text: string) {
      said[name] += text
      said.text += text
      onOutput?.(text)
    },
  })
  return {
    // Nobody's own sign-ins.
    environment: { XDG_CONFIG_HOME: '/nowhere', ...environment },
    stdin: Object.assign(Readable.from([stdin]), { isTTY }),
    stdout: writer('stdout'),
    stderr: writer('stderr'),
    signal: options.signal ?? new AbortController().signal,
    openFolder: openEdgeFolder,
    examineConnector,
    openBrowser: () => {},
  }
}
