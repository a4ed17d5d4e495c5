import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components'

export interface SessionEndProps {
  /** Looked, and in vain. */
  readonly stillOut: boolean
  readonly onLook: () => void
  readonly onSignIn: () => void
}

/** Says that the session has ended, and leads to the sign-in beside the page. */
export function SessionEndDialog({ stillOut, onLook, onSignIn }: SessionEndProps) {
  return (
    <Dialog open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>Your session has ended</DialogTitle>
          <DialogContent>
            Sign in again, and the page goes on where it stopped. What you have typed stays as it
            is.
            {stillOut && <p role="status">You are not signed in yet.</p>}
          </DialogContent>
          <DialogActions>
            <Button onClick={onLook}>I have signed in elsewhere</Button>
            <Button appearance="primary" onClick={onSignIn}>
              Sign in again
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
