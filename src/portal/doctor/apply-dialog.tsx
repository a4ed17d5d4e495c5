import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Input,
} from '@fluentui/react-components'
import { useState } from 'react'
import { AsCode } from '../parts/as-code.tsx'
import { useChange } from '../parts/change.ts'
import { DifferenceList } from '../parts/difference-list.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import type { Option } from './types.ts'

interface ApplyDialogProps {
  readonly option: Option
  readonly onClose: () => void
  readonly onApplied: (revisionId: string | undefined) => void
}

/** Shows what an option changes, and does it. */
export function ApplyDialog({ option, onClose, onApplied }: ApplyDialogProps) {
  const [reason, setReason] = useState('')
  const { send, isSending, problem } = useChange()
  const { title, diff, change } = option
  if (!change) return null
  const apply = async (): Promise<void> => {
    const changed = await send(change, { reason: reason === '' ? change.summary : reason })
    if (changed) onApplied(changed.revisionId)
  }
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogSurface className="as-code">
        <DialogBody>
          <DialogTitle>{title}</DialogTitle>
          <DialogContent className="stack">
            <p>This is all that changes. One click undoes it.</p>
            <DifferenceList differences={diff} />
            <Input
              aria-label="Reason, for the audit trail"
              placeholder={`Reason, for the audit trail: ${change.summary}`}
              value={reason}
              onChange={(_event, { value }) => setReason(value)}
            />
            <ProblemBar problem={problem} />
          </DialogContent>
          <DialogActions fluid className="apply-actions">
            <AsCode changes={[change]} />
            <Button onClick={onClose}>Cancel</Button>
            <Button appearance="primary" disabled={isSending} onClick={apply}>
              {isSending ? 'Applying …' : 'Apply'}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
