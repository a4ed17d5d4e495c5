export const signInPath = '/.sallyport/sign-in'
/** Where a sign-in in a window of its own ends. */
export const popupEndPath = '/.sallyport/signed-in'

/** Signs in at `origin` and lands on `path` there. */
export function signInLink(origin: string, path: string): string {
  return `${origin}${signInPath}?return=${encodeURIComponent(path)}`
}

/** Signs in at `origin` in a window of its own, which a page of `origin` has opened. [S5] */
export function popupUrl(origin: string): string {
  return `${origin}${signInPath}?popup=${encodeURIComponent(origin)}`
}

/** The landing path of a sign-in that a page of `opener` waits for. */
export function popupEnd(opener: string): string {
  return `${popupEndPath}?popup=${encodeURIComponent(opener)}`
}
