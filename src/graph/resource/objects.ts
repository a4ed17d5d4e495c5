import { z } from 'zod'
import { servicePrincipal, stableApplication } from './applications.ts'
import { typed } from './kinds.ts'
import { directoryRole, group, user } from './people.ts'

const objectUser = user.extend(typed('user')).meta({ id: 'objectUser' })
const objectGroup = group.extend(typed('group')).meta({ id: 'objectGroup' })
const objectApplication = stableApplication
  .extend(typed('application'))
  .meta({ id: 'objectApplication' })
const objectPrincipal = servicePrincipal
  .extend(typed('servicePrincipal'))
  .meta({ id: 'objectServicePrincipal' })

const objectRole = directoryRole.extend(typed('directoryRole')).meta({ id: 'objectRole' })

/** Anything that has an id in the directory. */
export const directoryObject = z.union([
  objectUser,
  objectGroup,
  objectApplication,
  objectPrincipal,
  objectRole,
])

/** Where something is, in place of what it is. */
export const reference = z.strictObject({ '@odata.id': z.url() }).meta({ id: 'reference' })

/** Several of them. */
export const directoryObjects = z
  .strictObject({ value: z.array(directoryObject) })
  .meta({ id: 'directoryObjects' })
