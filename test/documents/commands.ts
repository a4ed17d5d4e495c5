const fence = /^ *```(\w*)\n(.*?)^ *```/gms

// Programs that people are told to type; other code in a line is names of properties, files and values.
const program = /^(?:npm|npx|node|sallyport|curl|openssl|jq|go|git|docker|systemctl|sh|bash) \S/

/** All commands of a page, as somebody copies them. */
export function commandsOf(markdown: string): string {
  return blocksOf(markdown).join('\n')
}

/** What stands in each block of commands of a page. */
export function blocksOf(markdown: string): readonly string[] {
  const blocks = markdown.matchAll(fence)
  return Array.from(blocks, ([, language, text = '']) => (language === 'sh' ? text : '')).filter(
    (text) => text !== '',
  )
}

/** Lines that can be typed, in blocks that show what is said or hold examples; those that are indented count. */
export function exampleCommandsOf(markdown: string): readonly string[] {
  const blocks = Array.from(markdown.matchAll(fence), ([, language, text = '']) =>
    language === 'sh' ? '' : text,
  )
  const indented = Array.from(proseOf(markdown).matchAll(/^ {4}(.*)$/gm), ([, line = '']) => line)
  return typeable([...blocks.join('\n').split('\n'), ...indented])
}

/** Commands amid a sentence. */
export function inlineCommandsOf(markdown: string): readonly string[] {
  return typeable(Array.from(proseOf(markdown).matchAll(/`([^`]+)`/g), ([, code = '']) => code))
}

function proseOf(markdown: string): string {
  return markdown.replace(fence, '')
}

function typeable(lines: readonly string[]): readonly string[] {
  return lines
    .map((line) => line.replace(/^\$ /, '').replace(/ +#.*$/, ''))
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .filter((line) => program.test(line))
}

/** The beginning of a shell script: ends at the first command that fails, in `folder`, with this program. */
export function shellBegin(folder: string): string {
  return `set -eu; exec 2>&1
    curl() { command curl --fail-with-body -sS "$@"; }
    node() { "${process.execPath}" "$@"; }
    sallyport() { "${process.execPath}" "${process.cwd()}/src/main.ts" "$@"; }
    cd "${folder}"`
}
