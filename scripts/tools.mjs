// Programs from the system that the tests drive, and the Debian packages they come in.
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const testTools = [
  { command: 'chromium', debianPackage: 'chromium' },
  { command: 'nginx', debianPackage: 'nginx-light' },
  { command: 'openssl', debianPackage: 'openssl' },
  { command: 'curl', debianPackage: 'curl' },
  { command: 'certutil', debianPackage: 'libnss3-tools' },
  { command: 'pebble', debianPackage: 'pebble' },
  { command: 'radicale', debianPackage: 'radicale' },
]

// Debian keeps servers where an ordinary user's PATH does not look.
const systemFolders = ['/usr/sbin', '/sbin']

/** The tools of the tests that this machine lacks. */
export function missingTools() {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...systemFolders]
  return testTools.filter(
    (tool) => !folders.some((folder) => existsSync(join(folder, tool.command))),
  )
}
