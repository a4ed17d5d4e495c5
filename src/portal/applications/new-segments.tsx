import { Button } from '@fluentui/react-components'
import { AddRegular } from '@fluentui/react-icons/svg/add'
import { DeleteRegular } from '@fluentui/react-icons/svg/delete'
import { problemAt } from '../api/problem.ts'
import { ChoiceField, TextField } from '../parts/fields.tsx'
import { Section } from '../parts/section.tsx'
import {
  type CallPattern,
  type NewApplication,
  type NewSegment,
  proposeSegmentUrl,
} from './new-application.ts'

interface NewSegmentsProps {
  readonly form: NewApplication
  readonly set: (part: Partial<NewApplication>) => void
  readonly problem: unknown
  readonly domain: string
}

const callHints: Readonly<Record<CallPattern, string>> = {
  siblings:
    'Pages of each segment may call all others. No rule has to be written, now or for later segments.',
  fromFirst:
    'Each of the others gets a CORS rule that lets pages of the first segment call it, and nobody else.',
  none: 'Browsers refuse every call from one segment to another until there are CORS rules.',
}

/** The segments of a new complex application, and whether their pages may call each other. */
export function NewSegments({ form, set, problem, domain }: NewSegmentsProps) {
  const change = (key: number, part: Partial<NewSegment>): void =>
    set({ segments: form.segments.map((each) => (each.key === key ? { ...each, ...part } : each)) })
  const add = (): void => {
    const key = Math.max(0, ...form.segments.map((segment) => segment.key)) + 1
    set({ segments: [...form.segments, { key, internalUrl: '', externalUrl: '' }] })
  }
  const remove = (key: number): void =>
    set({ segments: form.segments.filter((segment) => segment.key !== key) })
  return (
    <Section
      title="Where are its parts?"
      lead="One segment for each address that the application is made of. A single sign-in opens them all."
    >
      <ol className="segment-rows">
        {form.segments.map((segment, index) => (
          <SegmentRow
            key={segment.key}
            index={index}
            segment={segment}
            proposed={proposeSegmentUrl(segment, form.displayName, index, domain)}
            problem={problem}
            onChange={(part) => change(segment.key, part)}
            onRemove={form.segments.length > 1 ? () => remove(segment.key) : undefined}
          />
        ))}
      </ol>
      <div>
        <Button icon={<AddRegular />} onClick={add}>
          Add a segment
        </Button>
      </div>
      <ChoiceField
        label="Calls between the segments"
        hint={callHints[form.calls]}
        value={form.calls}
        choices={[
          ['siblings', 'All may call each other (recommended)'],
          ['fromFirst', 'Only pages of the first may call the others'],
          ['none', 'None yet'],
        ]}
        onChange={(calls) => set({ calls })}
      />
    </Section>
  )
}

interface SegmentRowProps {
  readonly index: number
  readonly segment: NewSegment
  readonly proposed: string
  readonly problem: unknown
  readonly onChange: (part: Partial<NewSegment>) => void
  readonly onRemove: (() => void) | undefined
}

function SegmentRow({ index, segment, proposed, problem, onChange, onRemove }: SegmentRowProps) {
  const place = `segment ${index + 1}`
  return (
    <li className="segment-row">
      <TextField
        label={`Internal URL of ${place}`}
        type="url"
        required
        value={segment.internalUrl}
        onChange={(internalUrl) => onChange({ internalUrl })}
        problem={problemAt(problem, `${index}/internalUrl`)}
      />
      <TextField
        label={`External URL of ${place}`}
        type="url"
        value={segment.externalUrl || proposed}
        onChange={(url) => onChange({ externalUrl: url === proposed ? '' : url })}
        problem={problemAt(problem, `${index}/externalUrl`)}
      />
      <Button
        className="segment-remove"
        appearance="subtle"
        aria-label={`Remove ${place}`}
        icon={<DeleteRegular />}
        disabled={onRemove === undefined}
        onClick={onRemove}
      />
    </li>
  )
}
