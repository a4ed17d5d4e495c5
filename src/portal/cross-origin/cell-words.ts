import type { Cell } from './matrix.ts'

/** The cell in a few words, for the grid. */
export function shortText({ kind, methods, credentials }: Cell): string {
  if (kind === 'self') return 'its own'
  if (kind === 'siblings') return 'any method'
  if (kind === 'noRule') return 'no rule'
  if (kind === 'refused') return 'refused'
  const allowed = methods.includes('*') ? 'any method' : methodsText(methods)
  return credentials ? allowed : `${allowed}, no cookies`
}

// Fetch §cors-safelisted-method: rules need not name them.
const safelisted = ['GET', 'HEAD', 'POST']

function methodsText(methods: readonly string[]): string {
  const others = methods.filter((method) => !safelisted.includes(method))
  return ['GET', 'POST', ...others].join(' ')
}

/** The cell in a sentence, for its details and for a screen reader. */
export function longText(cell: Cell): string {
  const { caller, target, kind, rules } = cell
  const call = `Pages of ${caller.origin}`
  const there = target.resource === '/' ? target.url : `${target.resource} of ${target.url}`
  if (kind === 'self') return `${there} is their own origin: no permission is needed.`
  if (kind === 'siblings') {
    return `${call} may call ${there} with any method and with the person’s session, because the segments of this application may call each other.`
  }
  if (kind === 'noRule') {
    return `No rule covers ${there}: preflights are refused, and simple calls depend on the application’s own headers.`
  }
  if (kind === 'refused') return `Rules cover ${there}, and none of them allows ${caller.origin}.`
  const by = rules.length === 1 ? 'one rule' : `${rules.length} rules`
  return `${call} may call ${there}: ${shortText(cell)}, by ${by}.`
}

/** What else is to be known, each with a word of its own. */
export function marksOf({ refused, isTried, isSeen, kind }: Cell): readonly string[] {
  const isAllowed = kind === 'rule' || kind === 'siblings'
  return [
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(isTried ? ['dry run'] : []),
    ...(isAllowed && isSeen === false ? ['not seen lately'] : []),
  ]
}
