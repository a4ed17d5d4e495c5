const fence = /^ *```(\w*)\n(.*?)^ *```/gms

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

/** The beginning of a shell script: ends at the first command that fails, in `folder`, with this program. */
export function shellBegin(folder: string): string {
  return `set -eu; exec 2>&1
    curl() { command curl --fail-with-body -sS "$@"; }
    node() { "${process.execPath}" "$@"; }
    sallyport() { "${process.execPath}" "${process.cwd()}/src/main.ts" "$@"; }
    cd "${folder}"`
}
