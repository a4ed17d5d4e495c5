import { Button } from '@fluentui/react-components'
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download'
import { useMutation } from '@tanstack/react-query'
import { listApi } from '../api/client.ts'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { saveFile } from '../parts/save-file.ts'
import { type CsvColumn, toCsv } from './csv.ts'

interface TakeAwayProps<Row> {
  /** What the filters leave, in pages. */
  readonly path: string
  /** Without its ending. */
  readonly fileName: string
  readonly columns: readonly CsvColumn<Row>[]
}

/** Buttons that save what the filters leave, up to 2,000 entries, as CSV or JSON. */
export function TakeAway<Row>({ path, fileName, columns }: TakeAwayProps<Row>) {
  const saving = useMutation({
    mutationFn: async (format: 'csv' | 'json') => {
      const rows = await listApi<Row>(path)
      const text = format === 'csv' ? toCsv(columns, rows) : JSON.stringify(rows, null, 2)
      saveFile(`${fileName}.${format}`, text)
    },
  })
  return (
    <>
      <Button
        icon={<ArrowDownloadRegular />}
        disabled={saving.isPending}
        onClick={() => saving.mutate('csv')}
      >
        Download CSV
      </Button>
      <Button
        icon={<ArrowDownloadRegular />}
        disabled={saving.isPending}
        onClick={() => saving.mutate('json')}
      >
        Download JSON
      </Button>
      <ProblemBar problem={saving.error} />
    </>
  )
}
