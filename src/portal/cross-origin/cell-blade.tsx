import { Button } from '@fluentui/react-components'
import { type FormEvent, useState } from 'react'
import type { Application } from '../api/types.ts'
import { Methods } from '../applications/rule-blade.tsx'
import { AsCode } from '../parts/as-code.tsx'
import { Blade } from '../parts/blade.tsx'
import { useChange } from '../parts/change.ts'
import { doctorPath } from '../parts/doctor-path.ts'
import { LinesField, SwitchField } from '../parts/fields.tsx'
import { PathLink } from '../parts/path-link.tsx'
import { ProblemBar } from '../parts/problem-bar.tsx'
import { type Unsaved, useUnsaved } from '../parts/unsaved.ts'
import '../applications/applications.css'
import { allowChange, type Grant, grantOf, refuseChanges } from './cell-change.ts'
import { longText, marksOf } from './cell-words.ts'
import type { Cell } from './matrix.ts'

interface CellBladeProps {
  readonly application: Application
  readonly cell: Cell
  readonly onClose: () => void
}

/** One cell: why it is as it is, and the least rule that makes it otherwise. */
export function CellBlade({ application, cell, onClose }: CellBladeProps) {
  const [grant, setGrant] = useState<Grant>(grantOf(cell))
  const { send, isSending, problem } = useChange()
  const unsaved = useUnsaved(grant)
  const { caller, target, kind } = cell
  const isFree = kind === 'self' || kind === 'siblings'
  const change = allowChange(application.id, cell, grant)
  const taking = refuseChanges(application.id, cell)
  const set = (part: Partial<Grant>): void => setGrant({ ...grant, ...part })
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!(await send(change))) return
    unsaved.settle()
    onClose()
  }
  const take = async (): Promise<void> => {
    for (const each of taking) if (!(await send(each))) return
    unsaved.settle()
    onClose()
  }
  const question = { page: `${caller.origin}/`, target: addressOf(cell), method: 'GET' }
  return (
    <Blade
      title={kind === 'rule' ? 'May call' : isFree ? 'May call anyhow' : 'May not call'}
      onClose={() => unsaved.leave(onClose)}
      footer={
        isFree ? undefined : (
          <>
            <Button appearance="primary" type="submit" form="cell-form" disabled={isSending}>
              {change.method === 'PATCH' ? 'Save' : 'Allow it'}
            </Button>
            {taking.length > 0 && (
              <Button disabled={isSending} onClick={take}>
                Take it away
              </Button>
            )}
            <AsCode changes={[change]} />
          </>
        )
      }
    >
      <div className="stack">
        <p>{longText(cell)}</p>
        {marksOf(cell).length > 0 && <p className="soft">{marksOf(cell).join(', ')}</p>}
        {caller.kind !== 'pattern' && !target.url.includes('*') && (
          <p>
            <PathLink path={doctorPath(question)}>Let the doctor look at it</PathLink>
          </p>
        )}
        <ProblemBar problem={problem} />
        {!isFree && <GrantForm grant={grant} set={set} onSave={save} watch={unsaved.watch} />}
      </div>
    </Blade>
  )
}

function addressOf({ target: { url, resource } }: Cell): string {
  return resource === '/' ? url : url.replace(/\/$/, '') + resource
}

interface GrantFormProps {
  readonly grant: Grant
  readonly set: (part: Partial<Grant>) => void
  readonly onSave: (event: FormEvent) => void
  readonly watch: Unsaved['watch']
}

function GrantForm({ grant, set, onSave, watch }: GrantFormProps) {
  return (
    <form id="cell-form" className="stack" onSubmit={onSave} {...watch}>
      <Methods
        methods={grant.methods}
        onChange={(methods) => set({ methods })}
        problem={undefined}
      />
      <LinesField
        label="Headers they may send"
        hint="One on each line. Simple ones need no entry; JSON needs content-type."
        value={grant.headers}
        onChange={(headers) => set({ headers })}
      />
      <SwitchField
        label="With the person’s session"
        hint="Off: calls are answered, but nobody is signed in."
        checked={grant.credentials}
        onChange={(credentials) => set({ credentials })}
      />
      <SwitchField
        label="Dry run"
        hint="Allows nothing yet; counts what it would refuse."
        checked={grant.isDryRun}
        onChange={(isDryRun) => set({ isDryRun })}
      />
    </form>
  )
}
