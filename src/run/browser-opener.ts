import { spawn } from 'node:child_process'

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  // `start` is a word of cmd.exe, which would read & in an address; this takes it as it is.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}

/** Shows an https address in the person's browser; where there is none, nothing happens, since it is printed as well. */
export function openBrowser(url: string): void {
  if (URL.parse(url)?.protocol !== 'https:') return
  const [program, ...args] = openers[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true })
  // A machine without a browser has no such program.
  child.on('error', () => {})
  child.unref()
}
