import type { Entry, OptionEntry } from '../src/cli/entry.ts'

// What every command has is told once.
const sharedGroups: readonly string[] = ['Change:', 'Which edge, and as whom:', 'Output:']

const intro = `# Every command

Written from the commands themselves; a test holds it. [cli.md](cli.md) tells how they are used, what \`--server\`, \`--data\` and the
other options of every command mean, and what exit codes say.
`

const outputFlags = '`--json`, `-q, --quiet` and `--debug`'

/** docs/cli-reference.md, from the tree of commands. */
export function writeReference(entries: readonly Entry[]): string {
  const shared = describeShared(entries)
  const groups = Map.groupBy(
    entries.filter(({ path }) => path.length === 1 && path[0] !== 'complete'),
    ({ group }) => group.replace(/:$/, ''),
  )
  const sections = [...groups].flatMap(([group, nouns]) => [
    `## ${group}\n`,
    ...nouns.flatMap((noun) => writeNoun(noun, entries)),
  ])
  return [intro, shared, ...sections].join('\n')
}

function describeShared(entries: readonly Entry[]): string {
  const example = entries.find(({ path }) => path.join(' ') === 'apps delete')
  const options = (example?.options ?? []).filter(({ group }) => sharedGroups.includes(group))
  const rows = options.map(writeOption).join('\n')
  return `Every command takes ${outputFlags}; those that speak with an edge the options that say which one; those that change
something \`--reason\` and \`--dry-run\`, and those that take something away \`--yes\`:

| option | |
|---|---|
${rows}
`
}

function writeNoun(noun: Entry, entries: readonly Entry[]): string[] {
  const verbs = entries.filter(({ path }) => path.length === 2 && path[0] === noun.path[0])
  const aliases = noun.aliases.map((alias) => `\`${alias}\``).join(', ')
  const also = aliases === '' ? '' : ` (also ${aliases})`
  const title = `### ${noun.path.join(' ')}\n\n${sentence(noun.summary)}${also}\n`
  return [title, ...(verbs.length > 0 ? verbs : [noun]).map((entry) => writeCommand(entry))]
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`
}

function writeCommand(entry: Entry): string {
  const options = entry.options.filter(({ group }) => !sharedGroups.includes(group))
  const takes = entry.takes.map(({ name, required, text }) => {
    return `| \`${required ? `<${name}>` : `[${name}]`}\` | ${escapeText(text)} |`
  })
  const rows = [...takes, ...options.map(writeOption)]
  const table = rows.length > 0 ? `\n| | |\n|---|---|\n${rows.join('\n')}\n` : ''
  const examples = entry.examples.map((example) => `sallyport ${example}`).join('\n')
  const sample = examples === '' ? '' : `\n\`\`\`\n${examples}\n\`\`\`\n`
  const usage = entry.takes.map(({ name, required }) => (required ? `<${name}>` : `[${name}]`))
  const line = ['sallyport', ...entry.path, ...usage].join(' ')
  const summary = entry.path.length > 1 ? `: ${entry.summary}` : ''
  return `**\`${line}\`**${summary}\n${table}${sample}`
}

function writeOption({ written, text, required }: OptionEntry): string {
  return `| \`${escapeCell(written)}\` | ${escapeText(text)}${required ? ' **(needed)**' : ''} |`
}

/** Outside of code, angle brackets would be read as HTML. */
function escapeText(text: string): string {
  return escapeCell(text).replaceAll('<', '\\<')
}

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|')
}
