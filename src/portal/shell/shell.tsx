import { Toaster } from '@fluentui/react-components'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { Suspense, useEffect, useState } from 'react'
import { onAskToLeave } from '../parts/leave.ts'
import { type ShownCode as Code, onShowCode } from '../parts/shown-code.ts'
import { toasterId } from '../parts/toasts.tsx'
import type { Appearance } from './appearance.ts'
import { Navigation } from './navigation.tsx'
import { PageBoundary } from './page-boundary.tsx'
import { SessionEnd } from './session-end.tsx'
import { TopBar } from './top-bar.tsx'
import './shell.css'
import { lazyPart } from '../parts/lazy-part.ts'

const Palette = lazyPart(async () => (await import('./palette.tsx')).Palette)

const CodeDialog = lazyPart(async () => (await import('../parts/code-dialog.tsx')).CodeDialog)
const LeaveDialog = lazyPart(async () => (await import('./leave-dialog.tsx')).LeaveDialog)
const NavigationDrawer = lazyPart(
  async () => (await import('./navigation-drawer.tsx')).NavigationDrawer,
)

interface ShellProps {
  readonly appearance: Appearance
  readonly onAppearance: (appearance: Appearance) => void
}

/** What stands around every page: top bar, navigation, palette, toasts, and what happens when the session ends. */
export function Shell({ appearance, onAppearance }: ShellProps) {
  const [drawerOpen, setDrawerOpen] = useState(false)
  const [paletteOpen, setPaletteOpen] = usePaletteKey()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <TopBar
        appearance={appearance}
        onAppearance={onAppearance}
        onMenu={() => setDrawerOpen(true)}
        onSearch={() => setPaletteOpen(true)}
      />
      <Navigation path={path} />
      <main id="main" className="shell-main" tabIndex={-1}>
        <PageBoundary key={path}>
          <Outlet />
        </PageBoundary>
      </main>
      <Suspense>
        {drawerOpen && <NavigationDrawer path={path} onClose={() => setDrawerOpen(false)} />}
      </Suspense>
      <Suspense>{paletteOpen && <Palette onClose={() => setPaletteOpen(false)} />}</Suspense>
      <ShownCode />
      <LeaveQuestion />
      <SessionEnd />
      <Notifications />
    </div>
  )
}

/** Changes that a toast told of, as code. */
function ShownCode() {
  const [code, setCode] = useState<Code | undefined>(undefined)
  useEffect(() => onShowCode(setCode), [])
  return <Suspense>{code && <CodeDialog {...code} onClose={() => setCode(undefined)} />}</Suspense>
}

/** The question before something is lost that was typed. */
function LeaveQuestion() {
  const [answer, setAnswer] = useState<((leave: boolean) => void) | undefined>(undefined)
  useEffect(() => {
    onAskToLeave(
      () =>
        new Promise((resolve) => {
          setAnswer(() => (leave: boolean) => {
            setAnswer(undefined)
            resolve(leave)
          })
        }),
    )
  }, [])
  return <Suspense>{answer && <LeaveDialog onAnswer={answer} />}</Suspense>
}

/** Toasts, in a landmark of their own so that a screen reader finds them again. */
function Notifications() {
  const [place, setPlace] = useState<HTMLElement | null>(null)
  return (
    <section aria-label="Notifications" ref={setPlace}>
      {place && <Toaster toasterId={toasterId} position="bottom-end" mountNode={place} />}
    </section>
  )
}

/** Ctrl-K, or ⌘K, from anywhere. */
function usePaletteKey() {
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      setOpen(true)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return [open, setOpen] as const
}
