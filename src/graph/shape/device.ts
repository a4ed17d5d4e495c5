// The first that fits counts: each of these says that it is some of those below it, too.
const browsers: readonly (readonly [string, RegExp])[] = [
  ['Edge', /\bEdgA?\/([0-9.]+)/],
  ['Opera', /\bOPR\/([0-9.]+)/],
  ['Firefox', /\bFirefox\/([0-9.]+)/],
  ['Chrome', /\b(?:Headless)?Chrome\/([0-9.]+)/],
  ['Safari', /\bVersion\/([0-9.]+).*\bSafari\//],
]

const systems: readonly (readonly [string, RegExp])[] = [
  ['Android', /\bAndroid\b/],
  ['iOS', /\b(?:iPhone|iPad|iPod)\b/],
  ['Windows', /\bWindows NT\b/],
  ['MacOs', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
]

/** What a User-Agent says of itself: advice, not proof. */
export function describeDevice(userAgent: string) {
  const browser = browsers.find(([, pattern]) => pattern.test(userAgent))
  const version = browser?.[1].exec(userAgent)?.[1]
  const system = systems.find(([, pattern]) => pattern.test(userAgent))
  return {
    deviceId: '',
    displayName: '',
    browser: browser ? `${browser[0]} ${version ?? ''}`.trim() : '',
    operatingSystem: system?.[0] ?? '',
  }
}
