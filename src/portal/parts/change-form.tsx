import { Button } from '@fluentui/react-components'
import { type FormEvent, type ReactNode, useState } from 'react'
import type { Change } from '../api/client.ts'
import { problemWithin } from '../api/problem.ts'
import { AsCode } from './as-code.tsx'
import { useChange } from './change.ts'
import type { Draft } from './draft.ts'
import { ProblemBar } from './problem-bar.tsx'
import { ReasonInput } from './reason-input.tsx'

interface ChangeFormProps<Fields extends object> {
  readonly draft: Draft<Fields>
  /** The calls that save what was changed, in their order. */
  readonly changes: readonly Change[]
  /** The ETag of what a call changes: somebody else's change in between is refused. */
  readonly etag?: (change: Change) => string | undefined
  /** Paths whose problems the fields show themselves. */
  readonly shown: readonly string[]
  /** The fields; `problem` gives what the API has against one of them. */
  readonly children: (problem: (path: string) => string | undefined) => ReactNode
}

/** A form over a draft. While there is something to save, a bar at the bottom offers it, with a reason and as code. */
export function ChangeForm<Fields extends object>(props: ChangeFormProps<Fields>) {
  const { draft, changes, shown } = props
  const [reason, setReason] = useState('')
  const { send, isSending, problem, forget } = useChange()
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    for (const change of changes) {
      // Whatever came before it is done, and no longer differs from what is saved.
      if (!(await send(change, { reason, etag: props.etag?.(change) }))) return
    }
    draft.discard()
    setReason('')
  }
  const discard = (): void => {
    draft.discard()
    forget()
  }
  return (
    <form onSubmit={save} className="change-form">
      {props.children((path) => problemWithin(problem, path))}
      <div className="save-area">
        <ProblemBar problem={problem} shown={shown} />
        {draft.isDirty && (
          <fieldset className="save-bar" aria-label="Unsaved changes">
            <Button type="submit" appearance="primary" disabled={isSending}>
              {isSending ? 'Saving …' : 'Save'}
            </Button>
            <Button onClick={discard} disabled={isSending}>
              Discard
            </Button>
            <ReasonInput value={reason} onChange={setReason} />
            <AsCode changes={changes} />
          </fieldset>
        )}
      </div>
    </form>
  )
}
