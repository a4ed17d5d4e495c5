import { open, rename } from 'node:fs/promises'

/** Writes a file for its owner only, whole or not at all, whenever the power fails. Rejects with the system's error. */
export async function writeWholeFile(path: string, text: string): Promise<void> {
  const draft = `${path}.new`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}
