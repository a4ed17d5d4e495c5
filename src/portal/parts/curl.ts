import { belowVersion, type Change } from '../api/client.ts'

/** Where the management API is for programs, beside the portal's own host: `https://graph.contoso.com:8443`. */
export function apiOrigin(here: string): string {
  return `https://${here.replace(/^portal\./, 'graph.')}`
}

/** The change as one curl command that does the same, given a token in `$TOKEN`. Safe to paste into a POSIX shell. */
export function asCurl(change: Change, here: string): string {
  const lines = [
    `curl -X ${change.method} ${quote(`${apiOrigin(here)}/beta${belowVersion(change.path)}`)}`,
    `-H "Authorization: Bearer $TOKEN"`,
  ]
  if (change.body !== undefined) {
    lines.push(
      `-H 'Content-Type: application/json'`,
      `-d ${quote(JSON.stringify(change.body, null, 2))}`,
    )
  }
  return lines.join(' \\\n  ')
}

// POSIX.1-2024 2.2.2: nothing is special within single quotes but their end.
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
