import { Button, type ButtonProps } from '@fluentui/react-components'
import { createLink } from '@tanstack/react-router'

type AnchorProps = Omit<Extract<ButtonProps, { as: 'a' }>, 'as'>

/** A link to a page that looks like a button: it opens in a new tab when asked to. */
export const LinkButton = createLink((props: AnchorProps) => <Button {...props} as="a" />)
