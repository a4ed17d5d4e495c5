import {
  Button,
  DrawerBody,
  DrawerHeader,
  DrawerHeaderTitle,
  OverlayDrawer,
} from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss'
import { Places } from './navigation.tsx'

interface DrawerProps {
  readonly path: string
  readonly onClose: () => void
}

/** The same on a phone, behind the menu button. */
export function NavigationDrawer({ path, onClose }: DrawerProps) {
  return (
    <OverlayDrawer open onOpenChange={onClose} size="small" aria-label="Navigation">
      <DrawerHeader>
        <DrawerHeaderTitle
          action={
            <Button
              appearance="subtle"
              aria-label="Close navigation"
              icon={<DismissRegular />}
              onClick={onClose}
            />
          }
        >
          Sallyport
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        <nav aria-label="Main">
          <Places path={path} onChosen={onClose} />
        </nav>
      </DrawerBody>
    </OverlayDrawer>
  )
}
