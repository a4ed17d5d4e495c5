import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Tab,
  TabList,
} from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import { asConfiguration } from './configuration.ts'
import { Copyable } from './copyable.tsx'
import { asCurl } from './curl.ts'
import { useFocusReturn } from './focus-return.ts'

interface CodeDialogProps {
  readonly changes: readonly Change[]
  /** What all of them together are as part of a configuration document. */
  readonly document?: object
  readonly onClose: () => void
}

/** Changes as curl commands and as configuration. */
export function CodeDialog({ onClose, ...code }: CodeDialogProps) {
  useFocusReturn()
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogSurface className="as-code">
        <DialogBody>
          <DialogTitle>The same without the portal</DialogTitle>
          <DialogContent>
            <Code {...code} />
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose}>Close</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}

type Form = 'curl' | 'configuration'

function Code({ changes, document }: Omit<CodeDialogProps, 'onClose'>) {
  const [form, setForm] = useState<Form>('curl')
  const summary = changes.map((change) => change.summary).join(', ')
  const whole: Change = { method: 'POST', path: '', summary, ...(document && { document }) }
  const yaml = useYaml(document ? [whole] : changes)
  const curl = changes
    .map((change) => `# ${change.summary}\n${asCurl(change, location.host)}`)
    .join('\n\n')
  return (
    <>
      <TabList selectedValue={form} onTabSelect={(_event, { value }) => setForm(value as Form)}>
        <Tab value="curl">curl</Tab>
        <Tab value="configuration">Configuration</Tab>
      </TabList>
      <Copyable
        text={form === 'curl' ? curl : yaml}
        label={form === 'curl' ? 'As curl' : 'As configuration'}
      />
    </>
  )
}

// The writer of YAML is only loaded by whoever asks for it.
function useYaml(changes: readonly Change[]): string {
  const { data } = useQuery({
    queryKey: ['yaml', changes],
    queryFn: async () => {
      const { stringify } = await import('yaml')
      return asConfiguration(changes, stringify)
    },
    gcTime: 0,
  })
  return data ?? ''
}
