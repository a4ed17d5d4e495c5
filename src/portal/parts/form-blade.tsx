import { Button } from '@fluentui/react-components'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import type { Change, Changed } from '../api/client.ts'
import { problemWithin } from '../api/problem.ts'
import { AsCode } from './as-code.tsx'
import { Blade } from './blade.tsx'
import { useChange } from './change.ts'
import { ProblemBar } from './problem-bar.tsx'
import { ReasonInput } from './reason-input.tsx'
import { useUnsaved } from './unsaved.ts'

interface FormBladeProps {
  readonly title: string
  /** The calls that it sends, in their order; with none there is nothing to save yet. */
  readonly changes: readonly Change[]
  /** What is shown as code instead, where the calls hold a secret. */
  readonly shownAs?: readonly Change[]
  /** Paths whose problems the fields show themselves. */
  readonly shown?: readonly string[]
  /** What the button says when it is not `Save`. */
  readonly action?: string
  readonly etag?: string | undefined
  /** Nothing is typed here that could be lost: what it would do is only looked at. */
  readonly isPreview?: boolean
  readonly size?: 'medium' | 'large'
  readonly onClose: () => void
  /** What comes after the last call, with its answer; closes when it is not there. */
  readonly onDone?: (answer: Changed) => void
  readonly children: (problem: (path: string) => string | undefined) => ReactNode
}

/** A blade with a form: fields, problems beside them, a reason, and what it sends as code. */
export function FormBlade(props: FormBladeProps) {
  const { title, changes, shown = [], action = 'Save', etag, size = 'medium', onClose } = props
  const [reason, setReason] = useState('')
  const { send, isSending, problem } = useChange()
  const unsaved = useUnsaved(props.isPreview ? reason : [changes, reason])
  const close = (): void => unsaved.leave(onClose)
  const id = useId()
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    let answer: Changed | undefined
    for (const change of changes) {
      answer = await send(change, { reason, etag })
      if (!answer) return
    }
    if (!answer) return
    unsaved.settle()
    if (props.onDone) props.onDone(answer)
    else onClose()
  }
  return (
    <Blade
      title={title}
      onClose={close}
      size={size}
      footer={
        <>
          <Button
            appearance="primary"
            type="submit"
            form={id}
            disabled={isSending || changes.length === 0}
          >
            {isSending ? 'Saving …' : action}
          </Button>
          <Button onClick={close}>Cancel</Button>
          <AsCode changes={props.shownAs ?? changes} />
        </>
      }
    >
      <form id={id} className="stack" onSubmit={save} noValidate {...unsaved.watch}>
        <ProblemBar problem={problem} shown={shown} />
        {props.children((path) => problemWithin(problem, path))}
        <ReasonInput value={reason} onChange={setReason} />
      </form>
    </Blade>
  )
}
