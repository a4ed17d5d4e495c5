import type { Directory } from './directory.ts'
import { findPerson } from './people.ts'
import { endSignIns } from './session-rows.ts'
import { notFound, type Store } from './store.ts'

/** The directory's method that signs somebody out everywhere. */
export function signInMethods(store: Store): Pick<Directory, 'revokeSignIns'> {
  return {
    revokeSignIns: (id, change) =>
      store.change('person.revoke-sign-ins', change, async (rows) => {
        if (!(await findPerson(rows, id))) throw notFound('person', id)
        const ended = await endSignIns(rows, id, store.clock())
        const record = { targetId: id, before: undefined, after: undefined }
        return { value: undefined, record, ended }
      }),
  }
}
