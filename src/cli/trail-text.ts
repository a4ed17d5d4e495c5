import { listAt, type Resource, textAt } from './resource.ts'
import { clean, type Paint, type Style } from './text.ts'

const marks: Readonly<Record<string, readonly [mark: string, style: Style]>> = {
  passed: ['✓', 'good'],
  refused: ['✗', 'bad'],
  answered: ['●', 'good'],
  skipped: ['–', 'dim'],
}

/** The decisions of a request, one line each: what was decided, why, and how long it took. */
export function writeTrail(steps: readonly Resource[], paint: Paint): readonly string[] {
  const width = Math.max(0, ...steps.map((step) => textAt(step, 'step').length))
  return steps.map((step) => {
    const [mark, style] = marks[textAt(step, 'verdict')] ?? ['?', 'dim']
    const took = textAt(step, 'tookMs')
    const code = textAt(step, 'code')
    return [
      paint(style, mark),
      clean(textAt(step, 'step')).padEnd(width),
      ...(code === '' ? [] : [paint('bold', clean(code))]),
      clean(textAt(step, 'reason')),
      ...(took === '' ? [] : [paint('dim', `${Number(took).toFixed(1)} ms`)]),
    ].join('  ')
  })
}

/** The decision that ended it badly, if one did. */
export function refusalIn(steps: readonly Resource[]): Resource | undefined {
  return steps.find((step) => textAt(step, 'verdict') === 'refused')
}

/** The trail of a request or an explanation. */
export function stepsOf(resource: Resource | undefined): readonly Resource[] {
  return listAt(resource, 'steps')
}
