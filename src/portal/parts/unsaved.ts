import { useBlocker } from '@tanstack/react-router'
import { type FocusEvent, useRef } from 'react'
import { askToLeave } from './leave.ts'

/** Whether a form holds something that would be lost. */
export interface Unsaved {
  /** For the form's element. */
  readonly watch: {
    readonly onFocusCapture: (event: FocusEvent) => void
    readonly onPointerDownCapture: () => void
  }
  /** Goes, after asking where something would be lost. */
  readonly leave: (go: () => void) => void
  /** What was typed is saved: nobody is asked any more. */
  readonly settle: () => void
}

/**
 * Asks before a form is left with something in it that was typed: by a link, by the browser's own way back, by closing
 * the window. `state` is what the fields have made of it, as JSON.
 */
export function useUnsaved(state: unknown): Unsaved {
  const latest = useRef('')
  latest.current = JSON.stringify(state) ?? ''
  // What was there before somebody touched the form: answers that come late change nothing that is theirs.
  const untouched = useRef<string | undefined>(undefined)
  const texts = useRef(new Map<TextField, string>())
  const isSettled = useRef(false)
  const touch = (): void => {
    untouched.current ??= latest.current
  }
  const isDirty = (): boolean => {
    if (isSettled.current) return false
    const isChanged = untouched.current !== undefined && untouched.current !== latest.current
    // Half of an address makes no call yet, and is typed nevertheless.
    return isChanged || [...texts.current].some(([field, first]) => differs(field, first))
  }
  useLeaveGuard(isDirty)
  return {
    watch: {
      onFocusCapture: ({ target }) => {
        touch()
        if (isText(target) && !texts.current.has(target)) texts.current.set(target, target.value)
      },
      onPointerDownCapture: touch,
    },
    leave: (go) => void mayLeave(isDirty).then((may) => may && go()),
    settle: () => {
      isSettled.current = true
    },
  }
}

/** Asks before the page is left while `isDirty` says so. */
export function useLeaveGuard(isDirty: () => boolean): void {
  useBlocker({
    shouldBlockFn: async () => !(await mayLeave(isDirty)),
    enableBeforeUnload: isDirty,
  })
}

async function mayLeave(isDirty: () => boolean): Promise<boolean> {
  return !isDirty() || askToLeave()
}

type TextField = HTMLInputElement | HTMLTextAreaElement

function isText(target: EventTarget): target is TextField {
  if (target instanceof HTMLTextAreaElement) return true
  return target instanceof HTMLInputElement && !/^(?:checkbox|radio|file)$/.test(target.type)
}

function differs(field: TextField, first: string): boolean {
  return field.isConnected && field.value !== first
}
