import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { askApi, type Change } from '../api/client.ts'
import type { ConfigurationDiff } from '../api/types.ts'
import { SwitchField } from '../parts/fields.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { DiffList } from '../revisions/diff-list.tsx'

interface ApplyBladeProps {
  readonly document: unknown
  readonly onClose: () => void
}

/** What a document would change, and the button that does it: one transaction, one revision. */
export function ApplyBlade({ document, onClose }: ApplyBladeProps) {
  const [prune, setPrune] = useState(false)
  const diff = useQuery({
    queryKey: ['diff', document, prune],
    queryFn: () => askApi<ConfigurationDiff>('/configuration/diff', { document, prune }),
    gcTime: 0,
  })
  const count = diff.data?.changes.length ?? 0
  const change: Change = {
    method: 'POST',
    path: '/configuration/apply',
    body: { document, prune },
    summary: `Applied a file: ${count} ${count === 1 ? 'change' : 'changes'}`,
  }
  const isReady = count > 0 && (diff.data?.issues ?? []).length === 0
  return (
    <FormBlade
      title="What this file changes"
      size="large"
      changes={isReady ? [change] : []}
      action="Apply"
      isPreview
      onClose={onClose}
    >
      {() => (
        <>
          <SwitchField
            label="Delete what the file does not have"
            hint="Only of the kinds that it has, never people. Off: what it leaves out stays."
            checked={prune}
            onChange={setPrune}
          />
          <Loaded query={diff} what="differences">
            {(found) => <DiffList diff={found} />}
          </Loaded>
        </>
      )}
    </FormBlade>
  )
}
