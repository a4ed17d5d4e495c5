// When the setup has to end early. npm hands a SIGTERM to the shell it started and to nobody below it, and that shell
// dies of it without a word to us: all that is to be seen is that our parent is another one now.

// Well within the 5 s in which all of it has to be gone, and nothing beside an installation.
const parentCheckMs = 200

// Asked for as early as can be: a parent that was gone before goes unnoticed.
const parent = process.ppid

/** Ends this process at a signal, or once whoever started it is gone. */
export function endWithParent() {
  const end = () => process.exit(1)
  setInterval(() => process.ppid === parent || end(), parentCheckMs).unref()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, end)
}

/** The child ends when this process does. By SIGKILL, because `npm ci` carries on after SIGTERM. */
export function takeAlong(child) {
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  child.once('exit', () => process.off('exit', kill))
}
