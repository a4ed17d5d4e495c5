import type { Choice } from './doctor-options.ts'
import { listAt, type Resource, textAt } from './resource.ts'
import { clean, type Paint, type Style, widthOf } from './text.ts'

const severities: Readonly<Record<string, Style>> = { error: 'bad', warning: 'warn', info: 'dim' }

/** A finding: what is wrong, what the browser calls it, expected beside actual headers, and the cures. */
export function writeFinding(
  finding: Resource,
  options: readonly Choice[],
  paint: Paint,
): readonly string[] {
  const style = severities[textAt(finding, 'severity')] ?? 'bad'
  const corsError = textAt(finding, 'corsError')
  const parameter = textAt(finding, 'failedParameter')
  const browser = `${corsError}${parameter === '' ? '' : ` (${parameter})`}`
  return [
    '',
    `${paint(style, '✗')} ${paint('bold', clean(textAt(finding, 'id')))}   ${clean(textAt(finding, 'title'))}`,
    `  ${clean(textAt(finding, 'explanation'))}`,
    ...(corsError === '' ? [] : [`  Browser shows: ${clean(browser)}`]),
    ...writeHeaders(listAt(finding, 'expected'), listAt(finding, 'actual'), paint),
    ...options.flatMap((choice) => writeOption(choice, paint)),
  ]
}

/** Expected and actual headers side by side, by name. */
function writeHeaders(
  expected: readonly Resource[],
  actual: readonly Resource[],
  paint: Paint,
): readonly string[] {
  if (expected.length === 0 && actual.length === 0) return []
  const names = [...new Set([...expected, ...actual].map((each) => textAt(each, 'name')))]
  const headerIn = (list: readonly Resource[], name: string): string | undefined => {
    const found = list.find((each) => textAt(each, 'name').toLowerCase() === name.toLowerCase())
    return found && clean(textAt(found, 'value'))
  }
  const rows = names.map(
    (name) =>
      [clean(name), headerIn(expected, name) ?? '–', headerIn(actual, name) ?? '–'] as const,
  )
  const heading = ['', 'expected', 'actual'] as const
  const width = (index: 0 | 1): number =>
    Math.max(...[heading, ...rows].map((row) => widthOf(row[index])))
  const pad = (text: string, index: 0 | 1): string =>
    text + ' '.repeat(Math.max(0, width(index) - widthOf(text)))
  return [heading, ...rows].map(([name, wanted, got], index) => {
    const style = index === 0 ? 'dim' : wanted === got ? 'good' : 'bad'
    return `    ${pad(name, 0)}  ${pad(wanted, 1)}  ${paint(style, got)}`
  })
}

function writeOption({ number, option }: Choice, paint: Paint): readonly string[] {
  const isReady = textAt(option, 'change/method') !== ''
  const seed = textAt(option, 'seedOption')
  const among = seed === '' ? '' : `, solution ${seed} of 6`
  const how = `${isReady ? `--apply ${textAt(option, 'id')}` : 'by hand'}${among}`
  const explanation = clean(textAt(option, 'explanation') || textAt(option, 'manual'))
  return [
    `  ${number}. ${paint('bold', clean(textAt(option, 'title')))}  ${paint('dim', clean(how))}`,
    ...(explanation === '' ? [] : [`     ${explanation}`]),
  ]
}
