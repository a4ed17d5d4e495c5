import { softwareVersion } from '../base/version.ts'
import { type ProgramOptions, runProgram } from '../cli/program.ts'
import type { Surroundings } from '../cli/surroundings.ts'
import { addProcessCommands } from './process-commands.ts'

/** One command line of this process, without the program's name; resolves to its exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  // Whoever reads only the head of a list closes the pipe: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  return runProgram(args, programOptions(processSurroundings()))
}

/** The whole command line in the given surroundings. */
export function programOptions(surroundings: Surroundings): ProgramOptions {
  return {
    ...{ version: softwareVersion, surroundings, addProcessCommands },
    describeError: async (thrown) => (await import('./errors.ts')).describeError(thrown),
  }
}

function processSurroundings(): Surroundings {
  let stopping: AbortController | undefined
  return {
    environment: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    // Commands that run a process mind Ctrl-C themselves; they never ask for this.
    get signal() {
      if (stopping === undefined) {
        stopping = new AbortController()
        process.once('SIGINT', () => stopping?.abort())
      }
      return stopping.signal
    },
    openFolder: async (folder) => (await import('./edge-folder-access.ts')).openEdgeFolder(folder),
    examineConnector: async (question, tell) =>
      (await import('./connector-doctor.ts')).examineConnector(question, tell),
    openBrowser: (url) =>
      void import('./browser-opener.ts').then(({ openBrowser }) => openBrowser(url)),
  }
}
