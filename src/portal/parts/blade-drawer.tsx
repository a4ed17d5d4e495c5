import {
  Button,
  DrawerBody,
  DrawerFooter,
  DrawerHeader,
  DrawerHeaderTitle,
  OverlayDrawer,
} from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss'
import type { ReactNode } from 'react'

export interface BladeProps {
  readonly title: string
  readonly onClose: () => void
  /** Buttons at the bottom. */
  readonly footer?: ReactNode
  readonly children: ReactNode
  readonly size?: 'medium' | 'large'
}

/** The drawer of a blade: details of one member of a list, beside the list; the whole screen on a phone. */
export function BladeDrawer({ title, onClose, footer, children, size = 'medium' }: BladeProps) {
  return (
    <OverlayDrawer
      open
      position="end"
      size={size}
      className="blade"
      onOpenChange={(_event, { open }) => open || onClose()}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          heading={{ as: 'h2' }}
          action={
            <Button
              appearance="subtle"
              aria-label="Close"
              icon={<DismissRegular />}
              onClick={onClose}
            />
          }
        >
          {title}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>{children}</DrawerBody>
      {footer !== undefined && <DrawerFooter className="blade-footer">{footer}</DrawerFooter>}
    </OverlayDrawer>
  )
}
