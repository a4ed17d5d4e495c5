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
import { type ShownCode, showCode } from './shown-code.ts'

type ToastOptions = NonNullable<
  Parameters<ReturnType<typeof useToastController>['dispatchToast']>[1]
>

/** The one place where toasts appear (shell.tsx). */
export const toasterId = 'toasts'

// Long enough to read it and to reach for Undo.
const toastMs = 10_000

// Not more than a person takes in at once; on a phone they would cover the page.
const shownMax = () => (matchMedia('(max-width: 640px)').matches ? 1 : 3)

// Those on the screen, the oldest first. There is one place for toasts in a page.
const shown: string[] = []
let lastNumber = 0

/** Toasts: what was done, with Undo where the change can be rolled back and as code, and what went wrong. */
export function useToasts() {
  const { dispatchToast, dismissToast } = useToastController(toasterId)
  const client = useQueryClient()
  // The newest is what somebody reaches for: it never waits for an older one to go, as it would with Toaster's own limit.
  const show = (toast: React.JSX.Element, toastId: string, options: ToastOptions): void => {
    for (const each of shown.splice(0, shown.length + 1 - shownMax())) dismissToast(each)
    shown.push(toastId)
    const onStatusChange: ToastOptions['onStatusChange'] = (_event, { status }) => {
      if (status === 'unmounted' && shown.includes(toastId)) shown.splice(shown.indexOf(toastId), 1)
    }
    dispatchToast(toast, { timeout: toastMs, toastId, onStatusChange, ...options })
  }
  const tell = (title: string, intent: 'success' | 'error', body?: string): void =>
    show(
      <Toast>
        <ToastTitle>{title}</ToastTitle>
        {body !== undefined && <ToastBody>{body}</ToastBody>}
      </Toast>,
      `message-${++lastNumber}`,
      { intent },
    )
  const undo = async (summary: string, change: Change): Promise<void> => {
    try {
      await sendChange(change)
      await client.invalidateQueries()
      tell(`Undone: ${summary}`, 'success')
    } catch (problem) {
      tell('It could not be undone', 'error', (problem as Error).message)
    }
  }
  const tellUndoable = (summary: string, code: ShownCode, undoing: Change, id: string): void => {
    const onUndo = (): void => {
      dismissToast(id)
      void undo(summary, undoing)
    }
    show(
      <Toast>
        <ToastTitle>{summary}</ToastTitle>
        <ToastFooter>
          <Link as="button" onClick={onUndo}>
            Undo
          </Link>
          <Link as="button" onClick={() => showCode(code)}>
            Show as code
          </Link>
        </ToastFooter>
      </Toast>,
      id,
      { intent: 'success', pauseOnHover: true },
    )
  }
  const tellDone = (change: Change, { revisionId }: Changed): void => {
    if (revisionId === undefined || change.isFinal) {
      tell(change.summary, 'success')
      return
    }
    const path = `/revisions/${revisionId}/rollBack`
    const undoing: Change = { method: 'POST', path, body: {}, summary: `Undo: ${change.summary}` }
    tellUndoable(change.summary, { changes: [change] }, undoing, `revision-${revisionId}`)
  }
  return { tell, tellDone, tellUndoable }
}
