import { chmod, readFile, stat } from 'node:fs/promises'

const everybodyElse = 0o077

/** The text of a file that is its owner's alone; where others could read or change it, they no longer can. Rejects as `readFile` does. */
export async function readSecretFile(path: string): Promise<string> {
  const text = await readFile(path, 'utf8')
  const { mode } = await stat(path)
  // Somebody else's file or a volume that cannot be written: whoever gave it so has decided.
  if (mode & everybodyElse) await chmod(path, mode & 0o600).catch(() => {})
  return text
}
