/**
 * What the most lenient server takes a path segment for: Windows ignores letter case and what trails in dots and spaces,
 * servlet containers cut off parameters, all undo escapes. Empty when such a server would skip it.
 */
export function loosenSegment(segment: string): string {
  const semicolon = segment.indexOf(';')
  const name = semicolon < 0 ? segment : segment.slice(0, semicolon)
  return undoEscapes(name)
    .replace(/[. ]+$/, '')
    .normalize('NFC')
    .toLowerCase()
}

function undoEscapes(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text // No UTF-8, so no server reads a published name in it.
  }
}
