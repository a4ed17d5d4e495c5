/** What one part of the benchmark found. */
export interface Outcome {
  /** Name → how far ahead Sallyport is; above 1 it is ahead. */
  readonly ratios: Readonly<Record<string, number>>
  /** Name, unit last → figure. */
  readonly figures: Readonly<Record<string, number>>
  /** For people; rows of cells, the first the head. */
  readonly table: readonly (readonly string[])[]
}

/** What the last figures of a ratio and of a figure are good for. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}

/** Rows with their columns lined up: the first to the left, figures to the right. */
export function printable(table: Outcome['table']): string {
  const columns = Math.max(...table.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(...table.map((row) => row[i]?.length ?? 0)),
  )
  const pad = (cell: string, i: number, row: readonly string[]) =>
    i === 0 || i === row.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
  return table.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}
