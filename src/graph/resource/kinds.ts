import { z } from 'zod'

/** The values that properties of answers have. What stands here and in its siblings is what every answer is held against. */
export const id = z.string()
export const text = z.string()
export const textOrNull = z.string().nullable()
export const flag = z.boolean()
export const count = z.int().min(0)
export const time = z.iso.datetime()
export const timeOrNull = time.nullable()
export const texts = z.array(z.string())
/** What the original has and Sallyport has not; there, because clients look for it. */
export const nothing = z.null()
export const noList = z.array(z.never()).max(0)

/** A type that says what something is in a list of several kinds. */
export function typed(name: string) {
  return { '@odata.type': z.literal(`#microsoft.graph.${name}`) }
}

/** The names of what a resource has, of whichever kind it is; annotations aside. */
export function propertiesOf(shape: z.ZodObject | z.ZodUnion<readonly z.ZodObject[]>): string[] {
  const kinds = shape instanceof z.ZodUnion ? shape.options : [shape]
  const names = new Set(kinds.flatMap((kind) => Object.keys(kind.shape)))
  return [...names].filter((name) => !name.startsWith('@'))
}
