import {
  Link,
  Toast,
  ToastBody,
  ToastFooter,
  ToastTitle,
  useToastController,
} from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { type Change, type Changed, sendChange } from '../api/client.ts'
import { showCode } from './shown-code.ts'

/** The one place where toasts appear (shell.tsx). */
export const toasterId = 'toasts'

// Long enough to read it and to reach for Undo.
const toastMs = 10_000

/** Toasts: what was done, with Undo where the change can be rolled back and as code, and what went wrong. */
export function useToasts() {
  const { dispatchToast, dismissToast } = useToastController(toasterId)
  const client = useQueryClient()
  const tell = (title: string, intent: 'success' | 'error', body?: string): void =>
    dispatchToast(
      <Toast>
        <ToastTitle>{title}</ToastTitle>
        {body !== undefined && <ToastBody>{body}</ToastBody>}
      </Toast>,
      { intent, timeout: toastMs },
    )
  const undo = async (change: Change, revisionId: string): Promise<void> => {
    try {
      await sendChange({
        method: 'POST',
        path: `/revisions/${revisionId}/rollBack`,
        body: {},
        summary: `Undo: ${change.summary}`,
      })
      await client.invalidateQueries()
      tell(`Undone: ${change.summary}`, 'success')
    } catch (problem) {
      tell('It could not be undone', 'error', (problem as Error).message)
    }
  }
  const tellDone = (change: Change, { revisionId }: Changed): void => {
    if (revisionId === undefined || change.isFinal) {
      tell(change.summary, 'success')
      return
    }
    const toastId = `revision-${revisionId}`
    const onUndo = (): void => {
      dismissToast(toastId)
      void undo(change, revisionId)
    }
    dispatchToast(
      <Toast>
        <ToastTitle>{change.summary}</ToastTitle>
        <ToastFooter>
          <Link as="button" onClick={onUndo}>
            Undo
          </Link>
          <Link as="button" onClick={() => showCode(change)}>
            Show as code
          </Link>
        </ToastFooter>
      </Toast>,
      { intent: 'success', timeout: toastMs, toastId, pauseOnHover: true },
    )
  }
  return { tell, tellDone }
}
