let ask: () => Promise<boolean> = async () => true

/** Sets who asks; the shell does. */
export function onAskToLeave(listener: () => Promise<boolean>): void {
  ask = listener
}

/** Asks whether what was typed may be lost; resolves to the answer. */
export function askToLeave(): Promise<boolean> {
  return ask()
}
