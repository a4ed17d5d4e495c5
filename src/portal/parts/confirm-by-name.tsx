import { Suspense } from 'react'
import type { ConfirmByNameProps } from './confirm-dialog.tsx'
import { useFocusReturn } from './focus-return.ts'
import { lazyPart } from './lazy-part.ts'

// A page is there before anybody deletes something on it.
const ConfirmDialog = lazyPart(async () => (await import('./confirm-dialog.tsx')).ConfirmDialog)

/** Asks for the name of what is about to go, and sends the change. */
export function ConfirmByName(props: ConfirmByNameProps) {
  useFocusReturn()
  return (
    <Suspense>
      <ConfirmDialog {...props} />
    </Suspense>
  )
}
