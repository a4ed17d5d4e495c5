import { Command as CommanderCommand, CommanderError } from 'commander'
import { addNoun } from './command-parser.ts'
import { describeTree } from './description.ts'
import type { Entry } from './entry.ts'
import { exitCodes, Failure } from './failure.ts'
import { writeFailure, writeFailureJson } from './failure-text.ts'
import type { Surroundings } from './surroundings.ts'
import { cleanBlock, createPaint } from './text.ts'
import { nouns } from './tree.ts'

export interface ProgramOptions {
  readonly version: string
  readonly surroundings: Surroundings
  /** Adds the commands that run processes; they parse and print in their own way. */
  readonly addProcessCommands: (program: CommanderCommand) => void
  /** What one of those threw, in a sentence. */
  readonly describeError: (thrown: unknown) => Promise<string>
}

/** Runs one command line, without the program's name, and resolves to its exit code. Never rejects. */
export async function runProgram(
  args: readonly string[],
  options: ProgramOptions,
): Promise<number> {
  try {
    const program = await buildProgram(args, options)
    await program.parseAsync(args, { from: 'user' })
    return exitCodes.ok
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : exitCodes.usage
    if (options.surroundings.signal.aborted) return interruptedCode
    return await tell(thrown, args, options)
  }
}

// As shells say it of a program that Ctrl-C ended.
const interruptedCode = 130

async function tell(
  thrown: unknown,
  args: readonly string[],
  options: ProgramOptions,
): Promise<number> {
  const { stderr, environment } = options.surroundings
  if (args.includes('--debug') && thrown instanceof Error)
    stderr.write(`${cleanBlock(String(thrown.stack))}\n`)
  if (!(thrown instanceof Failure)) {
    stderr.write(`✗ ${cleanBlock(await options.describeError(thrown))}\n`)
    return exitCodes.failed
  }
  const paint = createPaint(stderr.isTTY === true, environment)
  const isJson = args.includes('--json')
  stderr.write(isJson ? writeFailureJson(thrown.facts) : writeFailure(thrown.facts, paint))
  return thrown.facts.exitCode
}

/** The tree with the verbs of the noun that `args` call, or with all verbs where `args` is undefined. */
async function buildProgram(
  args: readonly string[] | undefined,
  options: ProgramOptions,
): Promise<CommanderCommand> {
  const { version, surroundings } = options
  const program = createRoot(version, surroundings)
  program.commandsGroup('Run:')
  options.addProcessCommands(program)
  program.showHelpAfterError('(add --help to see what can be typed)')
  const word = args?.[0] === 'help' ? args[1] : args?.[0]
  const services = { version, describe: (word?: string) => describeProgram(options, word) }
  for (const noun of nouns) {
    const isCalled = word === noun.name || noun.aliases?.includes(word ?? '') === true
    const loaded = args === undefined || isCalled ? await noun.load() : []
    addNoun(program, noun, loaded, async (command, input) => {
      // Help and completion need neither HTTPS nor what is kept on disk.
      const { runCommand } = await import('./run-command.ts')
      await runCommand(command, input, surroundings, services)
    })
  }
  program.commandsGroup('This command line:')
  return program
}

/** Everything that can be typed, for completion, documents and tests; with `word`, verbs of this noun alone. */
export async function describeProgram(
  options: ProgramOptions,
  word?: string,
): Promise<readonly Entry[]> {
  return describeTree(await buildProgram(word === undefined ? undefined : [word], options))
}

function createRoot(version: string, { stdout, stderr }: Surroundings): CommanderCommand {
  return (
    new CommanderCommand('sallyport')
      .description('Publish internal web applications without an inbound port.')
      .exitOverride()
      .showHelpAfterError()
      .configureOutput({
        writeOut: (text) => void stdout.write(text),
        writeErr: (text) => void stderr.write(text),
        outputError: (text, write) => write(`✗ ${text}`),
        getOutHelpWidth: () => stdout.columns ?? helpColumns,
        getErrHelpWidth: () => stderr.columns ?? helpColumns,
        getOutHasColors: () => stdout.isTTY === true,
        getErrHasColors: () => stderr.isTTY === true,
      })
      .version(version, '-V, --version', 'print the version')
      .helpOption('-h, --help', 'print what can be typed')
      .helpCommand('help [command]', 'print what can be typed')
      // Other words for a noun are for fingers that remember them.
      .configureHelp({ subcommandTerm: termOf })
  )
}

function termOf(command: CommanderCommand): string {
  const places = command.registeredArguments.map((place) =>
    place.required ? `<${place.name()}>` : `[${place.name()}]`,
  )
  return [command.name(), ...places].join(' ')
}

// Where help is not read on a terminal it is as wide as our documents.
const helpColumns = 100
