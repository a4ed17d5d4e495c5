import { Argument, type Command as CommanderCommand, InvalidArgumentError, Option } from 'commander'
import type { Command, CommandKind, Noun } from './command.ts'
import { Failure } from './failure.ts'
import { type Completion, flag, option, type Parameter, type Parameters } from './parameter.ts'

/** What completes the value of an option or argument, and whether it may come again. */
export interface ValueFacts {
  readonly completion: Completion | undefined
  readonly repeated: boolean
}

const valueFacts = new WeakMap<Option | Argument, ValueFacts>()
const commandFacts = new WeakMap<CommanderCommand, Command>()

/** What is known of an option or argument beyond what the parser needs. */
export function factsOf(parsed: Option | Argument): ValueFacts {
  return valueFacts.get(parsed) ?? { completion: parsed.argChoices, repeated: parsed.variadic }
}

/** The command that the parser runs, unless it is one that runs a process. */
export function commandOf(parsed: CommanderCommand): Command | undefined {
  return commandFacts.get(parsed)
}

/** Every parameter by name, with its initial value where nothing was written. */
export type Input = Readonly<Record<string, unknown>>

type Run = (command: Command, input: Input) => Promise<void>

/** Adds a noun with the verbs that are loaded; without them only its line in the help. */
export function addNoun(
  program: CommanderCommand,
  noun: Noun,
  loaded: readonly Command[] | Command,
  run: Run,
): void {
  const parsed = program.command(noun.name, { hidden: noun.isHidden === true })
  parsed.helpGroup(noun.group).summary(noun.summary)
  parsed.description(sentence(noun.summary))
  for (const alias of noun.aliases ?? []) parsed.alias(alias)
  if (!('run' in loaded)) {
    for (const command of loaded) addCommand(parsed.command(command.name), command, run)
    return
  }
  addCommand(parsed, loaded, run)
}

function sentence(summary: string): string {
  return `${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`
}

const edgeGroup = 'Which edge, and as whom:'
const outputGroup = 'Output:'

const edgeOptions: Parameters = {
  server: option('url', 'address of the management API, https://graph.<domain> (SALLYPORT_SERVER)'),
  ca: option(
    'file',
    'its certificate authority, if the machine does not know it (SALLYPORT_CA)',
    'files',
  ),
  data: option(
    'folder',
    'data folder of an edge on this machine: no sign-in needed (SALLYPORT_DATA)',
    'files',
  ),
  context: option('name', 'one of the sign-ins that are kept (SALLYPORT_CONTEXT)', {
    namesOf: 'contexts',
  }),
  token: option('token', 'a bearer token (better in SALLYPORT_TOKEN: others see arguments)'),
}

const outputOptions: Parameters = {
  json: flag('print JSON, with the names of the API'),
  quiet: flag('print ids or nothing'),
  debug: flag('tell every exchange with the edge, and where an error came from'),
}

const writeOptions: Parameters = {
  reason: option('sentence', 'why, for the audit log'),
  dryRun: flag('print the calls that would be made, and make none'),
}

const removeOptions: Parameters = { yes: flag('do not ask') }

/** The options that a command has because of what kind it is, by group. */
function sharedOptions(kind: CommandKind): readonly (readonly [string, Parameters])[] {
  const changes = kind === 'write' || kind === 'remove'
  return [
    ['Change:', changes ? { ...writeOptions, ...(kind === 'remove' && removeOptions) } : {}],
    [edgeGroup, kind === 'local' ? {} : edgeOptions],
    [outputGroup, outputOptions],
  ]
}

function addCommand(parsed: CommanderCommand, command: Command, run: Run): void {
  commandFacts.set(parsed, command)
  parsed
    .summary(command.summary)
    .description(sentence(command.summary))
    .addHelpText('after', exampleText(command))
  for (const [name, parameter] of Object.entries(command.takes)) {
    parsed.addArgument(toArgument(name, parameter))
  }
  const groups = sharedOptions(command.kind)
  for (const [name, parameter] of Object.entries(command.options)) {
    parsed.addOption(toOption(name, parameter))
  }
  for (const [group, parameters] of groups) {
    for (const [name, parameter] of Object.entries(parameters)) {
      if (!(name in command.options)) parsed.addOption(toOption(name, parameter).helpGroup(group))
    }
  }
  parsed.action(async (...written: unknown[]) => {
    const shared = Object.assign({}, ...groups.map(([, parameters]) => parameters))
    await run(command, readInput(parsed, command, shared, written))
  })
}

function readInput(
  parsed: CommanderCommand,
  command: Command,
  shared: Parameters,
  written: readonly unknown[],
): Input {
  const options = parsed.opts<Record<string, unknown>>()
  const named = Object.entries({ ...shared, ...command.options }).map(
    ([name, { initial }]) => [name, options[name] ?? initial] as const,
  )
  const taken = Object.entries(command.takes).map(
    ([name, { initial }], index) => [name, written[index] ?? initial] as const,
  )
  return Object.fromEntries([...named, ...taken])
}

function exampleText({ examples }: Command): string {
  return `\nExamples:\n${examples.map((example) => `  sallyport ${example}`).join('\n')}`
}

const shortFlags: Readonly<Record<string, string>> = { quiet: '-q, ' }

function toOption(name: string, parameter: Parameter<unknown>): Option {
  const { placeholder, text, required } = parameter
  const written = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const value = placeholder === '' ? '' : ` <${placeholder}>`
  const made = new Option(`${shortFlags[name] ?? ''}--${written}${value}`, text)
  if (required) made.makeOptionMandatory()
  if (placeholder !== '') made.argParser(reader(parameter))
  valueFacts.set(made, factsFrom(parameter))
  return made
}

function toArgument(name: string, parameter: Parameter<unknown>): Argument {
  const { text, required, repeated } = parameter
  const word = repeated ? `${name}...` : name
  const made = new Argument(required ? `<${word}>` : `[${word}]`, text)
  made.argParser(reader(parameter))
  valueFacts.set(made, factsFrom(parameter))
  return made
}

function factsFrom({ completion, repeated }: Parameter<unknown>): ValueFacts {
  return { completion, repeated }
}

/** A parameter's own reading in the parser's words. */
function reader({ read, initial }: Parameter<unknown>) {
  return (written: string, before: unknown): unknown => {
    try {
      return read(written, before ?? initial)
    } catch (thrown) {
      if (thrown instanceof Failure) throw new InvalidArgumentError(thrown.message)
      throw thrown
    }
  }
}
