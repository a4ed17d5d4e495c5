import { documentsBelow, isDocument, readDocument } from './documents.ts'

/** Where the login host serves the documents. */
export const documentsPath = '/.sallyport/docs/'

/** The name of the document about a code; undefined when there is none. */
export function errorDocument(code: string): string | undefined {
  // Every rule of YAML has a code of its own, which the parser for it made.
  const name = `errors/${code.startsWith('yaml-') && !isDocument(`errors/${code}`) ? 'yaml-syntax' : code}`
  return isDocument(name) ? name : undefined
}

/** The address of the page about the first of the codes that has one; `origin` is that of the login host. */
export function errorUrl(
  origin: string,
  codes: readonly (string | undefined)[],
): string | undefined {
  for (const code of codes) {
    const name = code === undefined ? undefined : errorDocument(code)
    if (name !== undefined) return `${origin}${documentsPath}${name}`
  }
  return undefined
}

/** The Markdown about a code; undefined when there is none. */
export function readErrorPage(code: string): string | undefined {
  const name = errorDocument(code)
  return name === undefined ? undefined : readDocument(name)
}

/** Every code that has a page, with what it says in a few words; in the order of the alphabet. */
export function listErrorPages(): readonly { readonly code: string; readonly title: string }[] {
  return documentsBelow('errors/')
    .filter((name) => !name.endsWith('/README'))
    .map((name) => {
      const [heading = ''] = (readDocument(name) ?? '').split('\n', 1)
      return { code: name.slice('errors/'.length), title: heading.replace(/^# `[^`]+`: /, '') }
    })
}
