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

/** All groups of places; `onChosen` is told when one is gone to. */
export function Places({
  path,
  onChosen,
}: {
  readonly path: string
  readonly onChosen?: () => void
}) {
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
