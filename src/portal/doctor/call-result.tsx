import { Section } from '../parts/section.tsx'
import { Trail } from '../parts/trail.tsx'
import { FieldTable } from './field-table.tsx'
import { OptionCard } from './option-card.tsx'
import type { Examination, Finding, Option } from './types.ts'
import { Verdict } from './verdict.tsx'

interface CallResultProps {
  readonly examination: Examination
  readonly onApplied: (option: Option, revisionId: string | undefined) => void
}

const titles = {
  allowed: 'The browser lets the page read the answer',
  blocked: 'Blocked: the browser keeps the answer from the page',
  depends: 'Blocked, unless the application itself allows it',
} as const

/** What the doctor found: the verdict, each finding with its cures, and how the edge came to it. */
export function CallResult({ examination, onApplied }: CallResultProps) {
  const { verdict, corsError, failedParameter, findings, trail, readableHeaders } = examination
  const notes = findings.filter(({ severity }) => severity === 'info')
  const rest = findings.filter(({ severity }) => severity !== 'info')
  return (
    <>
      <Verdict verdict={verdict} title={titles[verdict]}>
        {corsError !== null && (
          <p>
            The browser calls it <code className="cors-error">{corsError}</code>
            {failedParameter !== null && failedParameter !== '' && (
              <>
                {' '}
                because of <code>{failedParameter}</code>
              </>
            )}
          </p>
        )}
        {verdict === 'allowed' && readableHeaders.length > 0 && (
          <p className="soft">It may read these headers: {readableHeaders.join(', ')}.</p>
        )}
      </Verdict>
      {[...rest, ...notes].map((finding) => (
        <FindingCard key={finding.id} finding={finding} onApplied={onApplied} />
      ))}
      <Section
        title="What the edge decides, step by step"
        lead="The preflight first, where the browser sends one, then the call itself."
      >
        <Trail label="Decisions" steps={trail} />
      </Section>
    </>
  )
}

interface FindingCardProps {
  readonly finding: Finding
  readonly onApplied: CallResultProps['onApplied']
}

function FindingCard({ finding, onApplied }: FindingCardProps) {
  const { title, explanation, meaning, expected, actual, options } = finding
  return (
    <Section title={title} lead={explanation}>
      <p className="soft">{meaning}</p>
      {expected.length + actual.length > 0 && <FieldTable expected={expected} actual={actual} />}
      {options.length > 0 && (
        <>
          <h3 className="doctor-options-title">
            {options.length === 1 ? 'What cures it' : 'What cures it, the least effort first'}
          </h3>
          <ol className="doctor-options">
            {options.map((option) => (
              <OptionCard key={option.id} option={option} onApplied={onApplied} />
            ))}
          </ol>
        </>
      )}
    </Section>
  )
}
