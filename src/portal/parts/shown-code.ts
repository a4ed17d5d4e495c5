import type { Change } from '../api/client.ts'

let show: (change: Change) => void = () => {}

/** Sets who shows a change as code; the shell does. */
export function onShowCode(listener: (change: Change) => void): void {
  show = listener
}

/** Shows a change as code, from anywhere. */
export function showCode(change: Change): void {
  show(change)
}
