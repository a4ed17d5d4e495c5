import { useState } from 'react'
import { changedFields } from './changed-fields.ts'
import { useLeaveGuard } from './unsaved.ts'

/** A copy of some fields that a form edits, beside what is saved. */
export interface Draft<Fields extends object> {
  readonly value: Fields
  readonly set: <Key extends keyof Fields>(key: Key, value: Fields[Key]) => void
  /** Only what differs from what is saved: the body of a PATCH. */
  readonly changed: Partial<Fields>
  readonly isDirty: boolean
  readonly discard: () => void
}

/** Edits `saved`; a newer `saved` shows through wherever nothing was typed. Leaving the page with changes is asked about. */
export function useDraft<Fields extends object>(saved: Fields): Draft<Fields> {
  const [typed, setTyped] = useState<Partial<Fields>>({})
  const changed = changedFields(typed, saved)
  const isDirty = Object.keys(changed).length > 0
  useLeaveGuard(() => isDirty)
  return {
    value: { ...saved, ...typed },
    set: (key, value) => setTyped((before) => ({ ...before, [key]: value })),
    changed,
    isDirty,
    discard: () => setTyped({}),
  }
}
