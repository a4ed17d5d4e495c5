import type { Kind } from './kind.ts'
import { listAt, type Resource, textAt } from './resource.ts'

/** Applications, known by name, app id, or the host of any of their URLs. */
export const appKind: Kind = {
  noun: 'application',
  path: '/applications',
  nameProperty: 'displayName',
  select: 'id,appId,displayName,onPremisesPublishing',
  otherNames: (app) => [textAt(app, 'appId'), ...ownUrls(app).flatMap(namesOfUrl)],
  listCommand: 'apps list',
}

function ownUrls(app: Resource): readonly string[] {
  const names = ['externalUrl', 'alternateUrl']
  return names
    .map((name) => textAt(app, `onPremisesPublishing/${name}`))
    .filter((url) => url !== '')
}

/** A URL, with and without its last slash, and its host, with and without port. */
export function namesOfUrl(url: string): readonly string[] {
  const parsed = URL.parse(url)
  return parsed ? [url, url.replace(/\/$/, ''), parsed.host, parsed.hostname] : [url]
}

/** Segments of an application, in the shape that has ids. */
export function segmentsOf(app: Resource): readonly Resource[] {
  return listAt(app, 'onPremisesPublishing/segmentsConfiguration/applicationSegments')
}
