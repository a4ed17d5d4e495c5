export const signInPath = '/.sallyport/sign-in'
/** Where a sign-in in a window of its own ends. */
export const popupEndPath = '/.sallyport/signed-in'

/** Where a sign-in ends that a form waits for. */
export const formEndPath = '/.sallyport/form'

/** Signs in at `origin` and lands on `path` there. */
export function signInLink(origin: string, path: string): string {
  return `${origin}${signInPath}?return=${encodeURIComponent(path)}`
}

/** Signs in at `origin` in a window of its own, which a page of `origin` has opened. [S5] */
export function popupUrl(origin: string): string {
  return `${origin}${signInPath}?popup=${encodeURIComponent(origin)}`
}

/** Signs in at `origin`, where a form waits in the tab. */
export function formUrl(origin: string): string {
  return `${origin}${signInPath}?form=kept`
}

/** The landing path of a sign-in that a page of `opener` waits for. */
export function popupEnd(opener: string): string {
  return `${popupEndPath}?popup=${encodeURIComponent(opener)}`
}

/** RFC 6749 §3.1: parameters must not be included more than once. */
export function hasRepeats(url: URL): boolean {
  const names = [...url.searchParams.keys()]
  return new Set(names).size !== names.length
}
