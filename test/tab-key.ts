import assert from 'node:assert/strict'
import { RunningCommand } from './process.ts'

/** What bash completes at the end of each of these lines, with a | behind every word; `name` is the shell's own. */
export async function pressTab(
  name: string,
  env: Readonly<Record<string, string>>,
  lines: readonly (readonly string[])[],
): Promise<readonly string[]> {
  const script = [
    `sallyport() { "${process.execPath}" src/main.ts "$@"; }`,
    'source <(sallyport completion bash)',
    ...lines.map(completionOf),
  ].join('\n')
  for (;;) {
    await using shell = new RunningCommand('bash', ['-c', script, name], { env })
    assert.equal(await shell.exit, 0, shell.stderr)
    const said = shell.stdout.split('\n')
    // An edge that does not answer in two seconds is not waited for: whoever wants its names presses the key again.
    if (!said.includes('|')) return said
  }
}

// As bash takes a line apart: at blanks, and around : and =.
function completionOf(words: readonly string[]): string {
  const text = words.reduce((all, word) => all + (/^[:=]|[:=]$/.test(word) ? '' : ' ') + word)
  const quoted = words.map((word) => `'${word}'`).join(' ')
  return `COMP_LINE='${text}' COMP_POINT=${text.length} COMP_WORDS=(${quoted}) COMP_CWORD=${words.length - 1}
      _sallyport; printf '%s|' "\${COMPREPLY[@]}"; echo`
}
