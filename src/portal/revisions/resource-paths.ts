// By their names in revisions and in the audit log.
const pages: Readonly<Record<string, string>> = {
  application: '/applications',
  connector: '/connectors',
  user: '/people',
  person: '/people',
  group: '/groups',
  conditionalAccessPolicy: '/policies',
  'access-policy': '/policies',
}

/** The page about a resource; undefined for what has none. */
export function pathOfResource(type: string, id: string): string | undefined {
  const page = pages[type]
  return page === undefined ? undefined : `${page}/${encodeURIComponent(id)}`
}
