import { foreignLeavers, integrationPoints, tagId } from './vocabulary.ts'

// Chromium cuts trees at this depth. Deeper ones only lose what depends on the namespace: CDATA and raw text.
const depthMax = 512

const foreignRoots: ReadonlySet<number> = new Set([tagId('svg'), tagId('math')])
const leavingEndTags: ReadonlySet<number> = new Set([tagId('p'), tagId('br')])

/**
 * Whether a document's tags are HTML's or those of SVG and MathML inside it, where `<style>` and `<title>` are ordinary
 * elements and CDATA exists (HTML §tree-construction-dispatcher). Open elements are followed only as far as that takes.
 */
export class Namespaces {
  /** Ids of open `svg` and `math` elements, and of the elements in them whose content is HTML again. */
  readonly #open: number[] = []

  get foreign(): boolean {
    const innermost = this.#open.at(-1)
    return innermost !== undefined && foreignRoots.has(innermost)
  }

  /** True when the start tag is one of HTML's own. */
  start(tag: number, selfClosing: boolean): boolean {
    if (this.foreign && foreignLeavers.has(tag)) this.#leave()
    const root = this.#open.at(-1)
    if (root === undefined || !foreignRoots.has(root)) {
      if (!foreignRoots.has(tag)) return true
      if (!selfClosing) this.#push(tag)
      return false
    }
    const enters = tag === root || integrationPoints.get(root)?.has(tag)
    if (enters && !selfClosing) this.#push(tag)
    return false
  }

  end(tag: number): void {
    if (this.#open.length === 0) return
    const index = this.#open.lastIndexOf(tag)
    if (index >= 0) this.#open.length = index
    else if (leavingEndTags.has(tag)) this.#leave()
  }

  #push(tag: number): void {
    if (this.#open.length < depthMax) this.#open.push(tag)
  }

  #leave(): void {
    while (this.foreign) this.#open.pop()
  }
}
