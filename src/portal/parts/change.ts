import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Change, type Changed, type ChangeOptions, sendChange } from '../api/client.ts'
import { ApiProblem } from '../api/problem.ts'
import { useToasts } from './toasts.tsx'

// RFC 9110 §15.5.13.
const changedMeanwhile = 412

/** How a form sends its change, and how that goes. */
export interface Sending {
  /** Sends it; resolves to the answer, or to undefined when it was refused: `problem` says why. */
  readonly send: (change: Change, options?: ChangeOptions) => Promise<Changed | undefined>
  readonly isSending: boolean
  readonly problem: unknown
  readonly forget: () => void
}

/** Sends changes, tells of their success with Undo, and has everything on the page read again. */
export function useChange(): Sending {
  const client = useQueryClient()
  const { tellDone } = useToasts()
  const mutation = useMutation({
    mutationFn: ({ change, options }: { change: Change; options: ChangeOptions | undefined }) =>
      sendChange(change, options),
    onError: async (problem) => {
      // What the other one has made of it shows through wherever nothing was typed; saving again is then meant.
      if (problem instanceof ApiProblem && problem.status === changedMeanwhile) {
        await client.invalidateQueries()
      }
    },
    onSuccess: async (changed, { change }) => {
      tellDone(change, changed)
      await client.invalidateQueries()
    },
  })
  return {
    send: (change, options) => mutation.mutateAsync({ change, options }).catch(() => undefined),
    isSending: mutation.isPending,
    problem: mutation.error,
    forget: mutation.reset,
  }
}
