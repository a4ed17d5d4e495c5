import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from '@fluentui/react-components'
import { ApiProblem, problemsElsewhere } from '../api/problem.ts'

interface ProblemBarProps {
  readonly problem: unknown
  /** Paths of the fields that show their own problems. */
  readonly shown?: readonly string[]
  readonly onRetry?: () => void
}

/** What went wrong, in the words of the API, with the request id under which the log has it. Nothing when all is well. */
export function ProblemBar({ problem, shown = [], onRetry }: ProblemBarProps) {
  if (!problem) return null
  const details = problemsElsewhere(problem, shown)
  return (
    <MessageBar intent="error" layout="multiline" className="problem-bar">
      <MessageBarBody>
        <MessageBarTitle>{titleOf(problem)}</MessageBarTitle>
        {details.length === 0 && sentenceOf(problem, shown)}
        {details.length > 0 && (
          <ul className="problem-list">
            {details.map(({ target, code, message }) => (
              <li key={`${target} ${code}`}>
                {target !== '' && <code>{target.replace(/^onPremisesPublishing\//, '')}</code>}{' '}
                {message}
              </li>
            ))}
          </ul>
        )}
        {problem instanceof ApiProblem && <WhereMoreIsSaid problem={problem} />}
      </MessageBarBody>
      {onRetry && (
        <MessageBarActions>
          <Button onClick={onRetry}>Try again</Button>
        </MessageBarActions>
      )}
    </MessageBar>
  )
}

function WhereMoreIsSaid({ problem: { requestId, helpUrl } }: { readonly problem: ApiProblem }) {
  if (requestId === undefined && helpUrl === undefined) return null
  return (
    <span className="problem-id">
      {helpUrl !== undefined && (
        <a href={helpUrl} target="_blank" rel="noreferrer">
          What this means
        </a>
      )}{' '}
      {requestId !== undefined && `Request id ${requestId}`}
    </span>
  )
}

function titleOf(problem: unknown): string {
  if (!(problem instanceof ApiProblem)) return 'That did not work.'
  return titles[problem.status] ?? 'That did not work.'
}

const titles: Readonly<Record<number, string>> = {
  0: 'No connection.',
  400: 'Something has to be put right first.',
  403: 'You may not do this.',
  404: 'It is not there.',
  409: 'Something stands in the way.',
  412: 'Somebody else changed this meanwhile.',
  429: 'Too many calls at once.',
  503: 'The directory cannot answer just now.',
}

function sentenceOf(problem: unknown, shown: readonly string[]): string {
  if (problem instanceof ApiProblem && problem.status === 412) {
    return 'Their changes are shown now wherever you typed nothing. Look at them, and save again if yours still hold.'
  }
  if (problem instanceof ApiProblem && problem.details.length > 0 && shown.length > 0) {
    return 'See the marked fields.'
  }
  return problem instanceof Error ? problem.message : String(problem)
}
