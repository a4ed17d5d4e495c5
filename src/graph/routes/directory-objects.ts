import { getObject, getObjectsByIds } from '../directory-objects.ts'
import { directoryObject, directoryObjects } from '../resource/objects.ts'
import { directory, get, post, type Route } from '../route.ts'
import { idsBody } from '../shape/directory-object.ts'

/** Objects of the directory by their ids, whatever they are. */
export const directoryObjectRoutes: readonly Route[] = [
  get(
    '/directoryObjects/:object',
    getObject,
    { ...directory, options: ['select'] },
    directoryObject,
  ),
  post(
    '/directoryObjects/getByIds',
    getObjectsByIds,
    { ...directory, use: 'read' },
    { body: idsBody, answer: directoryObjects, status: 200 },
  ),
]
