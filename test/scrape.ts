/** What a signals listener on this machine answers. */
export async function readSignals(
  port: unknown,
  path: '/metrics' | '/healthz' | '/readyz',
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`)
  return { status: answer.status, text: await answer.text() }
}

/** The values of a scrape by name and labels as written, `name{label="value"}`. */
export async function scrape(port: unknown): Promise<Map<string, number>> {
  const { text } = await readSignals(port, '/metrics')
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

/** Of a scrape, what belongs to this name and has all of these labels. */
export function valuesOf(
  scraped: ReadonlyMap<string, number>,
  name: string,
  ...labels: readonly string[]
): number[] {
  return [...scraped]
    .filter(
      ([key]) => key.replace(/\{.*/s, '') === name && labels.every((each) => key.includes(each)),
    )
    .map(([, value]) => value)
}
