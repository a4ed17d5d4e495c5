import { type ComponentType, useEffect, useRef, useState } from 'react'
import { onSessionEnd } from '../api/client.ts'
import { popupSignInUrl } from './session.ts'
import type { SessionEndProps } from './session-end-dialog.tsx'

/** When the session has ended: signs in again in a window of its own, while the page with its forms stays as it is. */
export function SessionEnd() {
  const [url, setUrl] = useState<string | undefined>(undefined)
  const [stillOut, setStillOut] = useState(false)
  const Dialog = useDialog()
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
    url !== undefined &&
    Dialog && <Dialog stillOut={stillOut} onLook={look} onSignIn={() => openSignIn(url)} />
  )
}

/** The dialog is fetched as soon as the first page is there: once the session has ended, no file comes any more. */
function useDialog(): ComponentType<SessionEndProps> | undefined {
  const [Dialog, setDialog] = useState<ComponentType<SessionEndProps> | undefined>(undefined)
  useEffect(() => {
    import('./session-end-dialog.tsx').then(
      ({ SessionEndDialog }) => setDialog(() => SessionEndDialog),
      // No dialog, no form kept: whoever comes back signs in as everybody does.
      () => onSessionEnd(() => new Promise(() => location.reload())),
    )
  }, [])
  return Dialog
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

function openSignIn(url: string): void {
  const window = open(url, 'sallyport-sign-in', 'popup,width=480,height=720')
  // A browser that opens no window still gets there, at the price of the form.
  if (window === null) location.assign(url)
}
