import {
  Button,
  DrawerBody,
  DrawerHeader,
  DrawerHeaderTitle,
  OverlayDrawer,
} from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss'
import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { type PlaceGroup, placeGroups } from './places.ts'

/** The navigation on the left, where there is room for it. */
export function Navigation({ path }: { readonly path: string }) {
  return (
    <nav className="shell-navigation" aria-label="Main">
      <Places path={path} />
    </nav>
  )
}

interface DrawerProps {
  readonly path: string
  readonly open: boolean
  readonly onClose: () => void
}

/** The same on a phone, behind the menu button. */
export function NavigationDrawer({ path, open, onClose }: DrawerProps) {
  return (
    <OverlayDrawer open={open} onOpenChange={onClose} size="small" aria-label="Navigation">
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

function Places({ path, onChosen }: { readonly path: string; readonly onChosen?: () => void }) {
  return placeGroups.map((group) => (
    <Group key={group.label} group={group} path={path} {...(onChosen && { onChosen })} />
  ))
}

interface GroupProps {
  readonly group: PlaceGroup
  readonly path: string
  readonly onChosen?: () => void
}

function Group({ group, path, onChosen }: GroupProps) {
  const headingId = useId()
  return (
    <div className="places">
      {group.label !== '' && (
        <h2 className="places-label" id={headingId}>
          {group.label}
        </h2>
      )}
      <ul {...(group.label !== '' && { 'aria-labelledby': headingId })}>
        {group.places.map((place) => (
          <li key={place.path}>
            <Link
              to={place.path}
              className="place"
              onClick={onChosen}
              {...(isWithin(path, place.path) && { 'aria-current': 'page' as const })}
            >
              <place.icon aria-hidden />
              {place.label}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}

function isWithin(path: string, place: string): boolean {
  return path === place || (place !== '/' && path.startsWith(`${place}/`))
}
