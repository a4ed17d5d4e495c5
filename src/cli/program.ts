import { Command as CommanderCommand, CommanderError } from 'commander'
import { addNoun } from './command-parser.ts'
import { describeTree } from './description.ts'
import type { Entry } from './entry.ts'
import { exitCodes, Failure } from './failure.ts'
import { writeFailure, writeFailureJson } from './failure-text.ts'
import type { Surroundings } from './surroundings.ts'
import { clean, cleanBlock, createPaint } from './text.ts'
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
    // The parser's own word for help knows nouns, and not their verbs.
    const written = args[0] === 'help' ? [...args.slice(1), '--help'] : args
    const program = await buildProgram(written, options)
    await program.parseAsync(written, { from: 'user' })
    return exitCodes.ok
  } catch (thrown) {
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return exitCodes.ok
      if (wantsJson(args)) options.surroundings.stderr.write(writeMistyped(thrown, args))
      return exitCodes.usage
    }
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
  const isJson = wantsJson(args)
  if (args.includes('--debug') && thrown instanceof Error) stderr.write(writeStack(thrown))
  if (!(thrown instanceof Failure)) {
    const message = await options.describeError(thrown)
    // Commands that run a process say it as they always do, to whoever supervises them.
    const isOurs = isNoun(args[0])
    const failed = { code: 'internal', exitCode: exitCodes.failed, message }
    if (isOurs) stderr.write(isJson ? writeFailureJson(failed) : `✗ ${clean(message)}\n`)
    else stderr.write(`✗ ${cleanBlock(message)}\n`)
    return exitCodes.failed
  }
  const paint = createPaint(stderr.isTTY === true, environment)
  stderr.write(isJson ? writeFailureJson(thrown.facts) : writeFailure(thrown.facts, paint))
  return thrown.facts.exitCode
}

function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  return args.slice(0, end < 0 ? undefined : end).includes('--json')
}

/** What the parser says of a command line, as one record for programs. */
function writeMistyped({ code, message }: CommanderError, args: readonly string[]): string {
  const [word, ...more] = args.filter((each) => !each.startsWith('-'))
  const [said = '', ...hints] = message.replace(/^error: /, '').split('\n')
  // A noun alone has no options, that one included.
  const isOver = said === "unknown option '--json'" && (word === undefined || isNoun(word))
  const isUnfinished = code === 'commander.help' || isOver
  const isKnown = word !== undefined && (code !== 'commander.unknownCommand' || more.length > 0)
  return writeFailureJson({
    ...{ code: 'usage', exitCode: exitCodes.usage },
    message: isUnfinished ? `Say what to do after sallyport ${word ?? ''}`.trimEnd() : said,
    details: isUnfinished ? [] : hints.map((hint) => hint.replace(/^\((.*)\)$/, '$1')),
    fix: isKnown ? `sallyport ${word} --help` : 'sallyport --help',
  })
}

function isNoun(word: string | undefined): boolean {
  return nouns.some(({ name, aliases }) => name === word || aliases?.includes(word ?? '') === true)
}

/** Where in the program an error came from; its message may hold words of others, and is one line for that. */
function writeStack({ name, message, stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => /^ +at /.test(line))
  return `${[clean(`${name}: ${message}`), ...frames.map(cleanBlock)].join('\n')}\n`
}

/** The tree with the verbs of the noun that `args` call, or with all verbs where `args` is undefined. */
async function buildProgram(
  args: readonly string[] | undefined,
  options: ProgramOptions,
): Promise<CommanderCommand> {
  const { version, surroundings } = options
  const program = createRoot(version, surroundings, wantsJson(args ?? []))
  program.commandsGroup('Run:')
  options.addProcessCommands(program)
  program.showHelpAfterError('(add --help to see what can be typed)')
  const word = args?.[0]
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

function createRoot(
  version: string,
  { stdout, stderr }: Surroundings,
  isJson: boolean,
): CommanderCommand {
  return (
    new CommanderCommand('sallyport')
      .description('Publish internal web applications without an inbound port.')
      .exitOverride()
      .showHelpAfterError()
      .configureOutput({
        writeOut: (text) => void stdout.write(text),
        // Words of the command line itself stand in it. For programs it is told as one record instead.
        writeErr: (text) => void (isJson || stderr.write(cleanBlock(text))),
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
      .configureHelp({ subcommandTerm: termOf, minWidthToWrap: leastHelpColumns })
  )
}

function termOf(command: CommanderCommand): string {
  const places = command.registeredArguments.map((place) =>
    place.required ? `<${place.name()}>` : `[${place.name()}]`,
  )
  return [command.name(), ...places].join(' ')
}

// Explanations stand beside long options; narrower than this they are not broken any more.
const leastHelpColumns = 20

// Where help is not read on a terminal it is as wide as our documents.
const helpColumns = 100
