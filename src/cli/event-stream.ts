/** One message of a `text/event-stream`. */
export interface StreamEvent {
  readonly id: string | undefined
  readonly event: string
  readonly data: string
}

// A message is one request with its decisions: some kilobytes.
const lineMaxLength = 1024 * 1024

/** Reads events as they come (HTML §9.2.6). Comments, which keep the connection alive, are left out. */
export async function* readEvents(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<StreamEvent, void> {
  const decoder = new TextDecoder()
  let rest = ''
  let [id, event, data] = [undefined as string | undefined, 'message', [] as string[]]
  for await (const piece of pieces) {
    rest += decoder.decode(piece, { stream: true })
    if (rest.length > lineMaxLength) throw new Error('the edge sends a line without an end')
    const lines = rest.split(/\r?\n/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { id, event, data: data.join('\n') }
        event = 'message'
        data = []
        continue
      }
      const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
      if (name === 'data') data.push(value)
      else if (name === 'event') event = value
      else if (name === 'id') id = value
    }
  }
}
