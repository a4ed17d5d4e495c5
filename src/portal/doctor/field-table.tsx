import { CheckmarkRegular } from '@fluentui/react-icons/svg/checkmark'
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss'
import { compareFields } from './compare.ts'
import type { Field } from './types.ts'

interface FieldTableProps {
  readonly expected: readonly Field[]
  readonly actual: readonly Field[]
}

/** The headers that the browser wants beside those that it gets, differences marked by more than colour. */
export function FieldTable({ expected, actual }: FieldTableProps) {
  return (
    <table className="field-table">
      <caption className="visually-hidden">Headers of the answer</caption>
      <thead>
        <tr>
          <th scope="col">Header of the answer</th>
          <th scope="col">The browser wants</th>
          <th scope="col">It gets</th>
        </tr>
      </thead>
      <tbody>
        {compareFields(expected, actual).map(({ name, expected: wanted, actual: got, isSame }) => (
          <tr key={name} className={isSame === false ? 'field-differs' : undefined}>
            <th scope="row">{name === ':status' ? 'Status' : name}</th>
            <td data-label="The browser wants">
              <Values values={wanted} none="anything" />
            </td>
            <td data-label="It gets">
              <Mark isSame={isSame} />
              <Values values={got} none="nothing" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Mark({ isSame }: { readonly isSame: boolean | undefined }) {
  if (isSame === undefined) return null
  if (isSame) return <CheckmarkRegular className="field-mark" aria-label="As wanted: " />
  return <DismissRegular className="field-mark" aria-label="Differs: " />
}

function Values({ values, none }: { readonly values: readonly string[]; readonly none: string }) {
  if (values.length === 0) return <span className="soft">{none}</span>
  return values.map((value) => (
    <code key={value} className="field-value">
      {value}
    </code>
  ))
}
