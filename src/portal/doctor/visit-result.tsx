import { Section } from '../parts/section.tsx'
import { Trail } from '../parts/trail.tsx'
import type { Explanation } from './types.ts'
import { Verdict, type VerdictKind } from './verdict.tsx'

interface VisitResultProps {
  readonly explanation: Explanation
  readonly person: string | undefined
}

/** What becomes of somebody who opens the address. */
export function VisitResult({ explanation, person }: VisitResultProps) {
  const { outcome, steps } = explanation
  const { verdict, title } = wordsFor(outcome, person ?? 'Somebody who is signed out')
  return (
    <>
      <Verdict verdict={verdict} title={title}>
        <p>{explanation.explanation}</p>
      </Verdict>
      <Section title="What the edge decides, step by step">
        <Trail label="Decisions" steps={steps} />
      </Section>
    </>
  )
}

function wordsFor(
  { kind, status, internalUrl }: Explanation['outcome'],
  who: string,
): { readonly verdict: VerdictKind; readonly title: string } {
  if (kind === 'forwarded') return { verdict: 'allowed', title: `${who} gets to ${internalUrl}` }
  if (kind === 'signIn') return { verdict: 'allowed', title: `${who} is asked to sign in` }
  if (kind === 'ownPage') return { verdict: 'allowed', title: 'The edge answers with its own page' }
  const good = status !== null && status < 400
  return { verdict: good ? 'allowed' : 'blocked', title: `${who} gets ${status} from the edge` }
}
