// What is added to an entity tag: that links were translated, from a strong or a weak one, by which version of what is
// published. A page is another page when its links lead elsewhere, so a new version makes the old tag worthless.
const marked = /^(?:W\/)?"(.*);links-([sw])([0-9]+)"$/s
const entityTag = /(?:W\/)?"[^"]*"/g

/** An entity tag as that of the translated body. It is weak: the same text may be coded to other bytes. */
export function markTag(tag: string, version: number): string {
  const parts = /^(W\/)?"(.*)"$/s.exec(tag)
  return parts ? `W/"${parts[2]};links-${parts[1] ? 'w' : 's'}${version}"` : tag
}

/** A list of tags as the application gave them; members of another version are left out when `version` is given. */
export function restoreTags(list: string, version: number | undefined): string {
  const tags = list.match(entityTag)
  if (!tags) return list
  const restored: string[] = []
  for (const tag of tags) {
    const [, opaque, strength, number] = marked.exec(tag) ?? []
    if (opaque === undefined) restored.push(tag)
    else if (version === undefined || Number(number) === version) {
      restored.push(`${strength === 'w' ? 'W/' : ''}"${opaque}"`)
    }
  }
  return restored.join(', ')
}

/** Whether a list holds a tag of a translated body. */
export function holdsMarkedTag(list: string): boolean {
  return list.match(entityTag)?.some((tag) => marked.test(tag)) === true
}
