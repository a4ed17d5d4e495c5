import {
  Avatar,
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuItemLink,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from '@fluentui/react-components'
import { AppsListRegular } from '@fluentui/react-icons/svg/apps-list'
import { NavigationRegular } from '@fluentui/react-icons/svg/navigation'
import { PersonRegular } from '@fluentui/react-icons/svg/person'
import { SearchRegular } from '@fluentui/react-icons/svg/search'
import { SignOutRegular } from '@fluentui/react-icons/svg/sign-out'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { resource } from '../api/queries.ts'
import type { Me } from '../api/types.ts'
import icon from '../icon.svg'
import { siblingHost } from '../parts/addresses.ts'
import { type Appearance, appearances } from './appearance.ts'
import { signOutUrl } from './session.ts'

interface TopBarProps {
  readonly appearance: Appearance
  readonly onAppearance: (appearance: Appearance) => void
  readonly onMenu: () => void
  readonly onSearch: () => void
}

/** The bar across the top: menu button on phones, name, search, who is signed in. */
export function TopBar(props: TopBarProps) {
  return (
    <header className="top-bar">
      <Button
        className="top-bar-menu"
        appearance="transparent"
        aria-label="Open navigation"
        icon={<NavigationRegular />}
        onClick={props.onMenu}
      />
      <Link to="/" className="top-bar-name">
        <img src={icon} alt="" width={24} height={24} />
        <span>Sallyport</span>
      </Link>
      <button
        type="button"
        className="top-bar-search"
        onClick={props.onSearch}
        aria-keyshortcuts="Control+K"
      >
        <SearchRegular aria-hidden />
        <span>Search applications, people, pages</span>
        <kbd>Ctrl K</kbd>
      </button>
      <PersonMenu appearance={props.appearance} onAppearance={props.onAppearance} />
    </header>
  )
}

function PersonMenu(props: Pick<TopBarProps, 'appearance' | 'onAppearance'>) {
  const { data: me } = useQuery(resource<Me>('/me'))
  const name = me?.displayName ?? 'Your account'
  return (
    <Menu
      inline
      checkedValues={{ appearance: [props.appearance] }}
      onCheckedValueChange={(_event, { checkedItems: [chosen] }) =>
        props.onAppearance(chosen as Appearance)
      }
    >
      <MenuTrigger disableButtonEnhancement>
        <Button
          className="top-bar-person"
          appearance="transparent"
          aria-label={`${name}: account and appearance`}
          icon={<Avatar name={me?.displayName ?? ''} size={28} color="colorful" aria-hidden />}
        />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuGroup>
            <MenuGroupHeader>{me?.userPrincipalName ?? name}</MenuGroupHeader>
            <MenuItemLink href={siblingHost('login', '/account')} icon={<PersonRegular />}>
              Security and sign-in
            </MenuItemLink>
            <MenuItemLink href={siblingHost('myapps', '/')} icon={<AppsListRegular />}>
              My Apps
            </MenuItemLink>
          </MenuGroup>
          <MenuDivider />
          <MenuGroup>
            <MenuGroupHeader>Appearance</MenuGroupHeader>
            {appearances.map(({ id, label }) => (
              <MenuItemRadio key={id} name="appearance" value={id}>
                {label}
              </MenuItemRadio>
            ))}
          </MenuGroup>
          <MenuDivider />
          <MenuItem icon={<SignOutRegular />} onClick={() => location.assign(signOutUrl)}>
            Sign out
          </MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  )
}
