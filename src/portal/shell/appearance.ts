import {
  type Theme,
  teamsHighContrastTheme,
  webDarkTheme,
  webLightTheme,
} from '@fluentui/react-components'
import { useEffect, useState, useSyncExternalStore } from 'react'

/** What the person chose; `system` follows the machine. */
export type Appearance = 'system' | 'light' | 'dark' | 'contrast'

export const appearances: readonly { readonly id: Appearance; readonly label: string }[] = [
  { id: 'system', label: 'As the system' },
  { id: 'light', label: 'Light' },
  { id: 'dark', label: 'Dark' },
  { id: 'contrast', label: 'High contrast' },
]

const storageKey = 'sallyport.appearance'

/** The theme in force, and the choice behind it. The page's own colours follow by `data-theme` at the root element. */
export function useAppearance(): {
  readonly theme: Theme
  readonly appearance: Appearance
  readonly choose: (appearance: Appearance) => void
} {
  const [appearance, setAppearance] = useState(readChoice)
  const dark = useMedia('(prefers-color-scheme: dark)')
  const forced = useMedia('(forced-colors: active)')
  const shown = resolveAppearance(appearance, dark, forced)
  useEffect(() => {
    document.documentElement.dataset['theme'] = shown
  }, [shown])
  const choose = (next: Appearance): void => {
    localStorage.setItem(storageKey, next)
    setAppearance(next)
  }
  return { theme: themes[shown], appearance, choose }
}

const themes = { light: webLightTheme, dark: webDarkTheme, contrast: teamsHighContrastTheme }

/** Colours that the system forces win over everything: whoever set them needs them. */
export function resolveAppearance(
  appearance: Appearance,
  dark: boolean,
  forced: boolean,
): keyof typeof themes {
  if (forced) return 'contrast'
  if (appearance !== 'system') return appearance
  return dark ? 'dark' : 'light'
}

function readChoice(): Appearance {
  const kept = localStorage.getItem(storageKey)
  return appearances.find(({ id }) => id === kept)?.id ?? 'system'
}

/** Whether a media query holds, now and later. */
function useMedia(query: string): boolean {
  const subscribe = (changed: () => void): (() => void) => {
    const media = matchMedia(query)
    media.addEventListener('change', changed)
    return () => media.removeEventListener('change', changed)
  }
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches)
}
