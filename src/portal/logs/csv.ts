/** One column of a table that is taken away. */
export interface CsvColumn<Row> {
  readonly title: string
  readonly cell: (row: Row) => string | number | boolean | null | undefined
}

/** The rows as RFC 4180 has them, in a form that no spreadsheet takes for a formula. */
export function toCsv<Row>(columns: readonly CsvColumn<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(({ title }) => quote(title)),
    ...rows.map((row) => columns.map(({ cell }) => quote(cell(row)))),
  ]
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('')
}

function quote(value: string | number | boolean | null | undefined): string {
  const text = value === null || value === undefined ? '' : String(value)
  // A name such as =HYPERLINK(…) is somebody else's text and must not become a command.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
