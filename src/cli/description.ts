import type { Argument, Command as CommanderCommand, Option } from 'commander'
import { commandOf, factsOf } from './command-parser.ts'
import type { ArgumentEntry, Entry, OptionEntry } from './entry.ts'

/** The whole tree as plain data, depth first. */
export function describeTree(root: CommanderCommand): readonly Entry[] {
  return describe(root, [])
}

function describe(parsed: CommanderCommand, path: readonly string[]): Entry[] {
  const command = commandOf(parsed)
  const verbs = parsed.commands.map((each) => each.name())
  const entry: Entry = {
    path,
    summary: parsed.summary() || parsed.description(),
    aliases: parsed.aliases(),
    group: parsed.helpGroup(),
    usage: ['sallyport', ...path, parsed.usage()].join(' ').trim(),
    takes: parsed.registeredArguments.map(describeArgument),
    options: parsed.options.map(describeOption),
    examples: command?.examples ?? [],
    verbs,
    isProcess: command === undefined && verbs.length === 0,
  }
  return [entry, ...parsed.commands.flatMap((each) => describe(each, [...path, each.name()]))]
}

function describeOption(option: Option): OptionEntry {
  return {
    ...factsOf(option),
    flags: [option.long, option.short].flatMap((word) => word ?? []),
    written: option.flags,
    text: option.description,
    takesValue: option.required || option.optional,
    required: option.mandatory,
    group: option.helpGroupHeading ?? '',
  }
}

function describeArgument(argument: Argument): ArgumentEntry {
  return {
    ...factsOf(argument),
    name: argument.name(),
    text: argument.description,
    required: argument.required,
  }
}
