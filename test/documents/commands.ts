/** All commands of a page, as somebody copies them. */
export function commandsOf(markdown: string): string {
  const blocks = markdown.matchAll(/^```sh\n(.*?)^```/gms)
  return Array.from(blocks, ([, commands]) => commands).join('\n')
}

/** The beginning of a shell script: ends at the first command that fails, in `folder`, with this program. */
export function shellBegin(folder: string): string {
  return `set -eu; exec 2>&1
    curl() { command curl --fail-with-body -sS "$@"; }
    node() { "${process.execPath}" "$@"; }
    sallyport() { "${process.execPath}" "${process.cwd()}/src/main.ts" "$@"; }
    cd "${folder}"`
}
