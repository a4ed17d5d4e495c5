import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
} from '@fluentui/react-components'
import { type ReactNode, useState } from 'react'
import type { Change } from '../api/client.ts'
import { AsCode } from './as-code.tsx'
import { useChange } from './change.ts'
import { ProblemBar } from './problem-bar.tsx'

export interface ConfirmByNameProps {
  /** `Delete Wiki?` */
  readonly title: string
  /** What has to be typed: the name of what goes. */
  readonly name: string
  readonly change: Change
  /** What the button says when it is not `Delete`. */
  readonly action?: string
  /** What will be lost. */
  readonly children: ReactNode
  readonly onClose: () => void
  readonly onDone: () => void
}

/** The dialog that asks for the name of what is about to go. */
export function ConfirmDialog(props: ConfirmByNameProps) {
  const [typed, setTyped] = useState('')
  const { send, isSending, problem } = useChange()
  const confirmed = typed.trim() === props.name
  const submit = async (): Promise<void> => {
    if (confirmed && (await send(props.change))) props.onDone()
  }
  return (
    <Dialog open modalType="alert" onOpenChange={props.onClose}>
      <DialogSurface>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void submit()
          }}
        >
          <DialogBody>
            <DialogTitle>{props.title}</DialogTitle>
            <DialogContent className="stack">
              <ProblemBar problem={problem} />
              <div>{props.children}</div>
              <Field label={`Type “${props.name}” to confirm`}>
                <Input
                  value={typed}
                  onChange={(_event, { value }) => setTyped(value)}
                  autoComplete="off"
                />
              </Field>
            </DialogContent>
            <DialogActions fluid>
              <AsCode changes={[props.change]} />
              <Button onClick={props.onClose}>Cancel</Button>
              <Button type="submit" appearance="primary" disabled={!confirmed || isSending}>
                {props.action ?? 'Delete'}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}
