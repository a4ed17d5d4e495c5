import { once } from 'node:events'
import { exitCodes, Failure } from './failure.ts'
import type { Surroundings } from './surroundings.ts'
import { clean, cleanBlock } from './text.ts'

type Terminal = Pick<Surroundings, 'stdin' | 'stderr' | 'signal'>

/** One line from whoever sits at the terminal; `''` when the input ends. */
export async function ask({ stdin, stderr, signal }: Terminal, question: string): Promise<string> {
  stderr.write(cleanBlock(question))
  // Most commands ask nothing, and need not wait for it.
  const { createInterface } = await import('node:readline')
  const lines = createInterface({ input: stdin })
  try {
    const [line] = await Promise.race([once(lines, 'line', { signal }), once(lines, 'close')])
    return typeof line === 'string' ? line.trim() : ''
  } finally {
    lines.close()
  }
}

/** Whether they typed the name. */
export async function confirm(
  terminal: Terminal,
  sentence: string,
  name: string,
): Promise<boolean> {
  return (await ask(terminal, `${clean(sentence)}\nType ${clean(name)} to go on: `)) === clean(name)
}

/** The number of one of several, counted from 1; undefined for an empty line. */
export async function chooseOne(
  terminal: Terminal,
  question: string,
  count: number,
): Promise<number | undefined> {
  const answer = await ask(terminal, question)
  if (answer === '') return undefined
  const number = Number(answer)
  if (Number.isInteger(number) && number >= 1 && number <= count) return number
  const message = `${answer} is none of 1 to ${count}. Nothing was changed.`
  throw new Failure({ code: 'usage', exitCode: exitCodes.usage, message })
}
