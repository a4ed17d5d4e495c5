import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../base/fault.ts'

/**
 * For commands that stand beside an edge. Rejects with `invalid` where no edge was ever started with this folder: keys
 * made for it now would make tokens that count nowhere.
 */
export async function expectEdgeFolder(folder: string): Promise<void> {
  try {
    await access(join(folder, 'sallyport.sqlite'))
  } catch (cause) {
    const message = `${folder} holds no edge. Give the --data that the edge was started with.`
    throw new Fault('invalid', message, { cause })
  }
}
