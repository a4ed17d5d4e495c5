import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  DialogTrigger,
  Tab,
  TabList,
} from '@fluentui/react-components'
import { CodeRegular } from '@fluentui/react-icons/svg/code'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import { asConfiguration } from './configuration.ts'
import { Copyable } from './copyable.tsx'
import { asCurl } from './curl.ts'

interface AsCodeProps {
  /** The calls that the form is about to send, in their order. */
  readonly changes: readonly Change[]
  readonly disabled?: boolean
  /** What all of them together are as part of a configuration document, where that is simpler than one by one. */
  readonly document?: object
}

/** The button that shows what a form will send: as curl commands, and as configuration. */
export function AsCode({ changes, disabled = false, document }: AsCodeProps) {
  return (
    <Dialog>
      <DialogTrigger disableButtonEnhancement>
        <Button
          appearance="subtle"
          icon={<CodeRegular />}
          disabled={disabled || changes.length === 0}
        >
          Show as code
        </Button>
      </DialogTrigger>
      <DialogSurface className="as-code">
        <DialogBody>
          <DialogTitle>The same without the portal</DialogTitle>
          <DialogContent>
            <Code changes={changes} {...(document && { document })} />
          </DialogContent>
          <DialogActions>
            <DialogTrigger disableButtonEnhancement>
              <Button>Close</Button>
            </DialogTrigger>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}

type Form = 'curl' | 'configuration'

function Code({ changes, document }: Pick<AsCodeProps, 'changes' | 'document'>) {
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
