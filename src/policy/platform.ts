import type { Platform } from './access-policy.ts'

// Sec-CH-UA-Platform (User-Agent Client Hints §4.1.3): a quoted string of these; `Chrome OS` and what is new are none of ours.
const hints: Readonly<Record<string, Platform>> = {
  android: 'android',
  ios: 'iOS',
  windows: 'windows',
  macos: 'macOS',
  linux: 'linux',
}

// The first that fits counts: Android says Linux, too, and Windows Phone says Android.
const agents: readonly (readonly [RegExp, Platform | undefined])[] = [
  [/windows phone/i, 'windowsPhone'],
  [/\bCrOS\b/, undefined],
  [/android/i, 'android'],
  [/iphone|ipad|ipod/i, 'iOS'],
  [/windows nt/i, 'windows'],
  [/macintosh|mac os x/i, 'macOS'],
  [/linux/i, 'linux'],
]

/**
 * What a browser says it runs on: its client hint, and where it sends none its User-Agent. Advice, not proof: anybody can
 * say anything. undefined: not known, which is met by `all` alone. [S8]
 */
export function detectPlatform(
  hint: string | undefined,
  userAgent: string | undefined,
): Platform | undefined {
  const named = hint === undefined ? undefined : /^"([^"\\]*)"$/.exec(hint)?.[1]
  if (named !== undefined) {
    const name = named.toLowerCase()
    return Object.hasOwn(hints, name) ? hints[name] : undefined
  }
  return agents.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1]
}
