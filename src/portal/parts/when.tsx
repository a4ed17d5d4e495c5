import { describeAge } from './age.ts'

interface WhenProps {
  /** ISO 8601; null or undefined: never. */
  readonly at: string | null | undefined
  readonly never?: string
}

/** A time as the reader's own clock has it. */
export function When({ at, never = 'Never' }: WhenProps) {
  if (!at) return <span className="soft">{never}</span>
  const time = new Date(at)
  return (
    <time dateTime={at} className="when">
      <span>{time.toLocaleDateString()}</span> <span>{time.toLocaleTimeString()}</span>
    </time>
  )
}

/** How long ago that was, with the time itself for whoever points at it. */
export function Age({ at, never = 'Never' }: WhenProps) {
  if (!at) return <span className="soft">{never}</span>
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {describeAge(Date.parse(at), Date.now())}
    </time>
  )
}
