import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from '@fluentui/react-components'
import { useEffect, useRef, useState } from 'react'
import { onSessionEnd } from '../api/client.ts'
import { popupSignInUrl } from './session.ts'

/** When the session has ended: signs in again in a window of its own, while the page with its forms stays as it is. */
export function SessionEnd() {
  const [url, setUrl] = useState<string | undefined>(undefined)
  const [stillOut, setStillOut] = useState(false)
  const waiting = useRef<(() => void)[]>([])
  useEffect(() => {
    onSessionEnd((signInUrl) => {
      setUrl(signInUrl ?? popupSignInUrl)
      return new Promise((resolve) => waiting.current.push(resolve))
    })
  }, [])
  const look = async (): Promise<void> => {
    if (!(await isSignedIn())) return setStillOut(true)
    setUrl(undefined)
    setStillOut(false)
    for (const goOn of waiting.current.splice(0)) goOn()
  }
  useReturn(url !== undefined, look)
  return (
    <Dialog open={url !== undefined} modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>Your session has ended</DialogTitle>
          <DialogContent>
            Sign in again, and the page goes on where it stopped. What you have typed stays as it
            is.
            {stillOut && <p role="status">You are not signed in yet.</p>}
          </DialogContent>
          <DialogActions>
            <Button onClick={look}>I have signed in elsewhere</Button>
            <Button appearance="primary" onClick={() => openSignIn(url)}>
              Sign in again
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}

/** Calls `look` when the other window has told of a sign-in, or the person is back at this one. */
function useReturn(active: boolean, look: () => void): void {
  const latest = useRef(look)
  latest.current = look
  useEffect(() => {
    if (!active) return
    const onMessage = (event: MessageEvent): void => {
      if (event.origin === location.origin) latest.current()
    }
    const onFocus = (): void => latest.current()
    addEventListener('message', onMessage)
    addEventListener('focus', onFocus)
    return () => {
      removeEventListener('message', onMessage)
      removeEventListener('focus', onFocus)
    }
  }, [active])
}

async function isSignedIn(): Promise<boolean> {
  const answer = await fetch('/api/beta/me', { redirect: 'manual' }).catch(() => undefined)
  return answer?.ok === true
}

function openSignIn(url: string | undefined): void {
  const window = open(url, 'sallyport-sign-in', 'popup,width=480,height=720')
  // A browser that opens no window still gets there, at the price of the form.
  if (window === null && url !== undefined) location.assign(url)
}
