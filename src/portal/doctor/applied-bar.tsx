import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
} from '@fluentui/react-components'
import { useChange } from '../parts/change.ts'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { rollBack } from '../parts/roll-back.ts'
import type { DoctorSearch } from './search.ts'

/** What was applied on this page, and what was asked before. */
export interface Applied {
  readonly title: string
  readonly revisionId: string | undefined
  readonly before: DoctorSearch
}

interface AppliedBarProps {
  readonly applied: Applied
  readonly onUndone: () => void
}

/** Stays as long as the page does, unlike a toast: whoever tries the cure elsewhere comes back to it. */
export function AppliedBar({ applied: { title, revisionId }, onUndone }: AppliedBarProps) {
  const { send, isSending, problem } = useChange()
  const undo = async (): Promise<void> => {
    if (revisionId !== undefined && (await send(rollBack(revisionId, title)))) onUndone()
  }
  return (
    <div>
      <MessageBar intent="success" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>Applied: {title}</MessageBarTitle>
          Browsers that were refused before see it with their next call. Below is what holds now.
        </MessageBarBody>
        {revisionId !== undefined && (
          <MessageBarActions>
            <Button disabled={isSending} onClick={undo}>
              Undo it
            </Button>
          </MessageBarActions>
        )}
      </MessageBar>
      <ProblemBar problem={problem} />
    </div>
  )
}
