import { OpenRegular } from '@fluentui/react-icons/svg/open'

interface LinkAnchorProps {
  readonly href: string
  readonly children: string
}

/** A link that leaves the portal, in a tab of its own, and says so. */
export function LinkAnchor({ href, children }: LinkAnchorProps) {
  return (
    <a className="link" href={href} target="_blank" rel="noreferrer">
      {children} <OpenRegular aria-label="(opens in a new tab)" />
    </a>
  )
}
