import { MessageBar, MessageBarBody } from '@fluentui/react-components'

/** What the API has against a part of a policy that several fields make. */
export function PartProblem({ problem }: { readonly problem: string | undefined }) {
  if (problem === undefined) return null
  return (
    <MessageBar intent="error" layout="multiline">
      <MessageBarBody>{problem}</MessageBarBody>
    </MessageBar>
  )
}
