import { useState } from 'react'
import type { Change } from '../api/client.ts'
import { FormBlade } from './form-blade.tsx'
import { type Principal, PrincipalPicker } from './principal-picker.tsx'

interface AddPrincipalsBladeProps {
  readonly title: string
  readonly label: string
  /** Both if unsaid. */
  readonly kind?: 'people'
  /** Ids of those who are there already. */
  readonly without: readonly string[]
  readonly additionOf: (principal: Principal) => Change
  readonly onClose: () => void
}

/** People, or people and groups, are chosen and added one by one. */
export function AddPrincipalsBlade(props: AddPrincipalsBladeProps) {
  const { title, label, kind, without, additionOf, onClose } = props
  const [chosen, setChosen] = useState<readonly Principal[]>([])
  // Whoever got in before another one was refused is not sent again.
  const missing = chosen.filter(({ id }) => !without.includes(id))
  return (
    <FormBlade title={title} action="Add" changes={missing.map(additionOf)} onClose={onClose}>
      {() => (
        <PrincipalPicker
          label={label}
          {...(kind && { kind })}
          chosen={missing}
          onChange={setChosen}
          without={without}
        />
      )}
    </FormBlade>
  )
}
