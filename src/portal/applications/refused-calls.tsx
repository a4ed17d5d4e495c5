import { Button } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Change } from '../api/client.ts'
import { collection } from '../api/queries.ts'
import type { CorsRefusal } from '../api/types.ts'
import { Facts } from '../parts/facts.tsx'
import { FormBlade } from '../parts/form-blade.tsx'
import { type Column, List } from '../parts/list.tsx'
import { Loaded } from '../parts/waiting.tsx'
import { Age, When } from '../parts/when.tsx'
import { applicationPath } from './applications.ts'
import { refusalText } from './reasons.ts'

type Offered = CorsRefusal & { readonly offeredChange: Change }

/** Kinds of refused cross-origin calls, each with the rule that would allow it. [D3] */
export function RefusedCalls({ id }: { readonly id: string }) {
  const [allowing, setAllowing] = useState<Offered | undefined>(undefined)
  const refusals = useQuery({
    ...collection<CorsRefusal>(`${applicationPath(id)}/onPremisesPublishing/corsRefusals`),
    refetchInterval: refreshMs,
  })
  return (
    <>
      <Loaded query={refusals} what="refused calls">
        {(kinds) => (
          <List
            label="Refused calls"
            items={kinds}
            columns={columns(setAllowing)}
            idOf={({ origin, method, reason, mode }) => `${origin} ${method} ${reason} ${mode}`}
            none="None."
          />
        )}
      </Loaded>
      {allowing && <AllowBlade refusal={allowing} onClose={() => setAllowing(undefined)} />}
    </>
  )
}

// Workers hand their counts over every few seconds.
const refreshMs = 3_000

function columns(onAllow: (refusal: Offered) => void): readonly Column<CorsRefusal>[] {
  return [
    {
      id: 'origin',
      title: 'Page',
      grow: 2,
      cell: ({ origin }) => <span className="url">{origin}</span>,
    },
    { id: 'method', title: 'Method', cell: ({ method }) => method },
    {
      id: 'reason',
      title: 'Reason',
      grow: 2,
      roomy: true,
      cell: ({ reason, mode }) => refusalText(reason, mode),
    },
    {
      id: 'count',
      title: 'Times',
      roomy: true,
      grow: 0.5,
      cell: ({ count }) => count.toLocaleString(),
    },
    {
      id: 'last',
      title: 'Last',
      roomy: true,
      cell: ({ lastDateTime }) => <Age at={lastDateTime} />,
    },
    {
      id: 'actions',
      title: 'Actions',
      isLink: true,
      cell: (refusal) => {
        const { offeredChange } = refusal
        if (!offeredChange) return null
        return (
          <Button
            size="small"
            aria-label={`Allow ${refusal.method} from ${refusal.origin}`}
            onClick={() => onAllow({ ...refusal, offeredChange })}
          >
            Allow …
          </Button>
        )
      },
    },
  ]
}

interface AllowBladeProps {
  readonly refusal: Offered
  readonly onClose: () => void
}

/** The rule that would allow it, as the doctor words it, before anybody agrees. */
function AllowBlade({ refusal, onClose }: AllowBladeProps) {
  const { offeredChange: change, origin, method, reason, mode } = refusal
  const fields = Object.entries((change.body ?? {}) as Readonly<Record<string, unknown>>)
  return (
    <FormBlade title={`${change.summary}?`} changes={[change]} action="Allow" onClose={onClose}>
      {() => (
        <>
          <p>
            {`Pages of ${origin} sent ${method}: ${refusalText(reason, mode)}. `}
            Afterwards they may, and nobody else:
          </p>
          <Facts facts={fields.map(([name, value]) => ({ name, value: wordsOf(value) }))} />
          <p className="soft">
            {refusal.count === 1
              ? 'Seen once'
              : `Seen ${refusal.count.toLocaleString()} times, first`}{' '}
            at <When at={refusal.firstDateTime} />
          </p>
        </>
      )}
    </FormBlade>
  )
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'the simple ones' : value.join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
