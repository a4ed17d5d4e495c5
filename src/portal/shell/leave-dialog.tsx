import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components'
import { useFocusReturn } from '../parts/focus-return.ts'

interface LeaveDialogProps {
  readonly onAnswer: (leave: boolean) => void
}

/** Asks before something is lost that was typed. */
export function LeaveDialog({ onAnswer }: LeaveDialogProps) {
  useFocusReturn()
  return (
    <Dialog open modalType="alert" onOpenChange={() => onAnswer(false)}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>Leave without saving?</DialogTitle>
          <DialogContent>What you have typed here is lost.</DialogContent>
          <DialogActions>
            <Button onClick={() => onAnswer(true)}>Leave</Button>
            <Button appearance="primary" autoFocus onClick={() => onAnswer(false)}>
              Stay
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
