import { Button } from '@fluentui/react-components'
import { CodeRegular } from '@fluentui/react-icons/svg/code'
import { Suspense, useState } from 'react'
import type { Change } from '../api/client.ts'
import { lazyPart } from './lazy-part.ts'

interface AsCodeProps {
  /** The calls that the form is about to send, in their order. */
  readonly changes: readonly Change[]
  readonly disabled?: boolean
  /** What all of them together are as part of a configuration document, where that is simpler than one by one. */
  readonly document?: object
}

// A form is there before anybody wants to see it as code.
const CodeDialog = lazyPart(async () => (await import('./code-dialog.tsx')).CodeDialog)

/** The button that shows what a form will send: as curl commands, and as configuration. */
export function AsCode({ changes, disabled = false, document }: AsCodeProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button
        appearance="subtle"
        icon={<CodeRegular />}
        disabled={disabled || changes.length === 0}
        onClick={() => setOpen(true)}
      >
        Show as code
      </Button>
      <Suspense>
        {isOpen && (
          <CodeDialog
            changes={changes}
            {...(document && { document })}
            onClose={() => setOpen(false)}
          />
        )}
      </Suspense>
    </>
  )
}
