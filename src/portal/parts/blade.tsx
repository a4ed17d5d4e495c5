import { Suspense } from 'react'
import type { BladeProps } from './blade-drawer.tsx'
import { useFocusReturn } from './focus-return.ts'
import { lazyPart } from './lazy-part.ts'

// A page is there before anybody opens a blade of it.
const BladeDrawer = lazyPart(async () => (await import('./blade-drawer.tsx')).BladeDrawer)

/** Details of one member of a list, beside the list; the whole screen on a phone. */
export function Blade(props: BladeProps) {
  useFocusReturn()
  return (
    <Suspense>
      <BladeDrawer {...props} />
    </Suspense>
  )
}
