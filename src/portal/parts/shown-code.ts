import type { Change } from '../api/client.ts'

/** Calls that were made, and what all of them together are as part of a configuration document. */
export interface ShownCode {
  readonly changes: readonly Change[]
  readonly document?: object
}

let show: (code: ShownCode) => void = () => {}

/** Sets who shows changes as code; the shell does. */
export function onShowCode(listener: (code: ShownCode) => void): void {
  show = listener
}

/** Shows changes as code, from anywhere. */
export function showCode(code: ShownCode): void {
  show(code)
}
