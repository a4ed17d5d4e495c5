import { Button } from '@fluentui/react-components'
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download'
import { DocumentArrowUpRegular } from '@fluentui/react-icons/svg/document-arrow-up'
import { type ChangeEvent, useRef, useState } from 'react'
import { readApi } from '../api/client.ts'
import { lazyBlade } from '../parts/lazy-blade.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { saveFile } from '../parts/save-file.ts'
import { Section } from '../parts/section.tsx'

const ApplyBlade = lazyBlade(async () => (await import('./apply-blade.tsx')).ApplyBlade)

/** The whole configuration as one file: taken away, compared, applied. */
export function ConfigurationFile() {
  const [problem, setProblem] = useState<unknown>(undefined)
  const [document, setDocument] = useState<unknown>(undefined)
  const input = useRef<HTMLInputElement>(null)
  const download = async (): Promise<void> => {
    setProblem(undefined)
    try {
      const [configuration, { stringify }] = await Promise.all([
        readApi<object>('/configuration'),
        import('yaml'),
      ])
      saveFile('sallyport.yaml', stringify(configuration))
    } catch (reason) {
      setProblem(reason)
    }
  }
  const open = async ({ target }: ChangeEvent<HTMLInputElement>): Promise<void> => {
    const [file] = target.files ?? []
    setProblem(undefined)
    try {
      // JSON is YAML, too.
      const { parse } = await import('yaml')
      if (file) setDocument(parse(await file.text()))
    } catch (reason) {
      setProblem(new Error(`${file?.name} is neither YAML nor JSON: ${(reason as Error).message}`))
    }
    target.value = ''
  }
  return (
    <Section
      title="Configuration as a file"
      lead="Everything but secrets, connectors and people, with names in place of ids: made for version control. What a file would change is shown before it does."
    >
      <ProblemBar problem={problem} />
      <div className="buttons">
        <Button icon={<ArrowDownloadRegular />} onClick={download}>
          Download it
        </Button>
        <Button icon={<DocumentArrowUpRegular />} onClick={() => input.current?.click()}>
          Compare and apply a file …
        </Button>
        <input
          ref={input}
          type="file"
          accept=".yaml,.yml,.json"
          hidden
          aria-label="Configuration file"
          onChange={open}
        />
      </div>
      {document !== undefined && (
        <ApplyBlade document={document} onClose={() => setDocument(undefined)} />
      )}
    </Section>
  )
}
